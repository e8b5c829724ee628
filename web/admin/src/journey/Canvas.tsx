/** The steps as a drawing: moved over with mouse, finger or keyboard, changed in place. Loaded only when somebody draws. */
import "@xyflow/react/dist/style.css";
import { ActionIcon, Kbd, Modal, Stack, Table, Tooltip } from "@mantine/core";
import { useDisclosure, useMediaQuery, useReducedMotion } from "@mantine/hooks";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconFocusCentered,
  IconHelp,
  IconZoomIn,
  IconZoomOut,
} from "@tabler/icons-react";
import {
  Background,
  type Connection,
  type Edge,
  MiniMap,
  Panel,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import type { FieldError, Graph, JourneyFigures } from "../api/types.ts";
import { AddStep } from "./AddStep.tsx";
import style from "./Canvas.module.css";
import {
  type CardNode,
  cardId,
  DeskContext,
  EndPill,
  StepCardNode,
  type WayEdge,
  WayLine,
} from "./CanvasParts.tsx";
import { START, type Way, waysOf } from "./graph.ts";
import { neighbour } from "./neighbour.ts";
import { END, type StepKind } from "./steps.ts";
import { type Drawing, useDrawing } from "./useDrawing.ts";

interface CanvasProps {
  graph: Graph;
  problems: FieldError[];
  figures: JourneyFigures | undefined;
  readOnly: boolean;
  open: (id: string) => void;
  insert: (way: Way, kind: StepKind) => string;
  lead: (way: Way, to: string) => void;
  copy: (id: string) => string | undefined;
  remove: (id: string) => void;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
}

const NODE_TYPES = { card: StepCardNode, end: EndPill };
const EDGE_TYPES = { way: WayLine };
const ZOOM = { minZoom: 0.2, maxZoom: 1.6 };

export default function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Stage {...props} />
    </ReactFlowProvider>
  );
}

function Stage(props: CanvasProps) {
  const { graph, readOnly, open, insert, lead, copy, remove, undo, redo } = props;
  const { t } = useTranslation("journey");
  const drawing = useDrawing(props);
  const phone = useMediaQuery("(max-width: 48em)", false);
  const [adding, setAdding] = useState<Way>();
  const [help, helping] = useDisclosure(false);
  const camera = useCamera(drawing);
  const wanted = useFocusSoon(drawing);
  const { reached } = camera;
  const desk = useMemo(
    () => ({ open, reached, add: setAdding, readOnly }),
    [open, reached, readOnly],
  );

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing || event.altKey) return;
    const key = event.key.toLowerCase();
    const act = commandOf(key, event.ctrlKey || event.metaKey, event.shiftKey, {
      undo,
      redo,
      help: helping.open,
    });
    const id = (event.target as HTMLElement).dataset.step;
    const onCard = id ? cardCommand(id, event.key, event.ctrlKey || event.metaKey) : undefined;
    const run = act ?? onCard;
    if (!run) return;
    event.preventDefault();
    run();
  };
  const cardCommand = (id: string, key: string, ctrl: boolean): (() => void) | undefined => {
    const to = ctrl ? undefined : neighbour(drawing.nodes, graph.nodes, id, key);
    if (to) return () => document.getElementById(cardId(to))?.focus({ preventScroll: true });
    if (readOnly) return undefined;
    if (ctrl && key.toLowerCase() === "d") return () => wanted(copy(id));
    const main = waysOf(graph.nodes).find((way) => way.from === id);
    if (key === "+" && main) return () => setAdding(main);
    if ((key === "Delete" || key === "Backspace") && id !== START) {
      const before = waysOf(graph.nodes).find((way) => way.to === id)?.from;
      return () => {
        remove(id);
        wanted(before);
      };
    }
    return undefined;
  };

  const wayOf = (edge: Edge) => (edge as WayEdge).data?.way;
  const reconnect = (edge: Edge, { source, target }: Connection) => {
    const way = wayOf(edge);
    if (way && target && source === way.from) lead(way, stepOf(target));
  };
  const connect = ({ source, sourceHandle, target }: Connection) => {
    const way = waysOf(graph.nodes).find(
      (one) => one.from === source && one.port === (sourceHandle ?? "next"),
    );
    if (way && target) lead(way, stepOf(target));
  };

  return (
    <DeskContext value={desk}>
      <section
        className={style.stage}
        aria-label={t("canvas.label")}
        aria-describedby="journey-canvas-help"
        onKeyDown={onKeyDown}
      >
        <span id="journey-canvas-help" hidden>
          {t("canvas.hint")}
        </span>
        <ReactFlow
          nodes={drawing.nodes}
          edges={drawing.edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          {...ZOOM}
          onInit={camera.home}
          nodesDraggable={false}
          nodesConnectable={!readOnly}
          nodesFocusable={false}
          edgesFocusable={false}
          edgesReconnectable={!readOnly}
          elementsSelectable={false}
          onNodeClick={() => undefined}
          zoomOnScroll={false}
          zoomOnDoubleClick={false}
          preventScrolling={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          connectionRadius={36}
          isValidConnection={({ source, target }) => target !== START && source !== target}
          onReconnect={reconnect}
          onConnect={connect}
        >
          <Background gap={22} />
          {!phone && (
            <MiniMap
              pannable
              zoomable
              ariaLabel={t("canvas.map")}
              nodeColor={(node) => colorOf(node as CardNode)}
              style={{ width: 150, height: 110 }}
            />
          )}
          <Panel position="top-right">
            <Stack gap={4}>
              <Tool label={t("canvas.undo")} run={undo} icon={<IconArrowBackUp size={18} />} />
              <Tool label={t("canvas.redo")} run={redo} icon={<IconArrowForwardUp size={18} />} />
              <Tool
                label={t("canvas.in")}
                run={() => camera.zoom(1.25)}
                icon={<IconZoomIn size={18} />}
              />
              <Tool
                label={t("canvas.out")}
                run={() => camera.zoom(0.8)}
                icon={<IconZoomOut size={18} />}
              />
              <Tool
                label={t("canvas.fit")}
                run={camera.whole}
                icon={<IconFocusCentered size={18} />}
              />
              <Tool label={t("canvas.keys")} run={helping.open} icon={<IconHelp size={18} />} />
            </Stack>
          </Panel>
        </ReactFlow>
      </section>
      <AddStep
        opened={adding !== undefined}
        close={() => setAdding(undefined)}
        choose={(kind) => {
          if (adding) wanted(insert(adding, kind));
          setAdding(undefined);
        }}
      />
      <Modal opened={help} onClose={helping.close} title={t("canvas.keys")}>
        <Keys />
      </Modal>
    </DeskContext>
  );
}

/** Ends are drawn one by one; for the graph they are the same. */
const stepOf = (id: string) => (id.startsWith(`${END} `) ? END : id);

function colorOf(node: CardNode): string {
  if (node.type !== "card") return "transparent";
  if (node.data.problem) return "var(--mantine-color-red-5)";
  if (node.data.kind === "message") return "var(--mantine-color-pine-5)";
  return "var(--mantine-color-gray-4)";
}

interface Commands {
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  help: () => void;
}

function commandOf(
  key: string,
  ctrl: boolean,
  shift: boolean,
  { undo, redo, help }: Commands,
): (() => void) | undefined {
  if (key === "?") return help;
  if (!ctrl) return undefined;
  if (key === "z") return shift ? redo : undo;
  return key === "y" ? redo : undefined;
}

function Tool({
  label,
  icon,
  run,
}: {
  label: string;
  icon: ReactNode;
  run: (() => void) | undefined;
}) {
  return (
    <Tooltip label={label} position="left">
      <ActionIcon variant="default" size={34} aria-label={label} disabled={!run} onClick={run}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

const KEYS = [
  ["arrows", "↑ ↓ ← →"],
  ["enter", "Enter"],
  ["plus", "+"],
  ["copy", "Ctrl + D"],
  ["remove", "Delete"],
  ["undo", "Ctrl + Z"],
  ["redo", "Ctrl + Shift + Z"],
  ["help", "?"],
] as const;

function Keys() {
  const { t } = useTranslation("journey");
  return (
    <Table>
      <Table.Tbody>
        {KEYS.map(([what, key]) => (
          <Table.Tr key={what}>
            <Table.Td w={150}>
              <Kbd>{key}</Kbd>
            </Table.Td>
            <Table.Td>{t(`canvas.key.${what}`)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** A card that is only about to be drawn gets the focus as soon as it is there. */
function useFocusSoon(drawing: Drawing): (id: string | undefined) => void {
  const soon = useRef<string>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked for whenever the drawing changes
  useEffect(() => {
    const id = soon.current;
    if (id === undefined) return;
    const frame = requestAnimationFrame(() => {
      const card = document.getElementById(cardId(id));
      if (!card) return;
      soon.current = undefined;
      card.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [drawing]);
  return useCallback((id) => {
    soon.current = id;
  }, []);
}

/** Where one looks at the drawing. */
function useCamera(drawing: Drawing) {
  const flow = useReactFlow();
  const still = useReducedMotion();
  const duration = still ? 0 : 180;
  const places = useRef(drawing.nodes);
  places.current = drawing.nodes;

  const stage = () => document.querySelector(`.${style.stage}`)?.getBoundingClientRect();
  const home = useCallback(() => {
    const room = document.querySelector(`.${style.stage}`)?.getBoundingClientRect();
    const start = places.current.find((node) => node.id === START);
    if (!room || !start) return;
    const zoom = room.width < 500 ? 0.85 : 1;
    const middle = start.position.x + (start.width ?? 0) / 2;
    void flow.setViewport({
      x: room.width / 2 - middle * zoom,
      y: 20 - start.position.y * zoom,
      zoom,
    });
  }, [flow]);
  const reached = useCallback(
    (id: string) => {
      const node = places.current.find((one) => one.id === id);
      const room = document.querySelector(`.${style.stage}`)?.getBoundingClientRect();
      if (!node || !room) return;
      const { x, y, zoom } = flow.getViewport();
      const left = node.position.x * zoom + x;
      const top = node.position.y * zoom + y;
      const [width, height] = [(node.width ?? 0) * zoom, (node.height ?? 0) * zoom];
      const seen =
        left >= 0 && top >= 0 && left + width <= room.width && top + height <= room.height;
      if (seen) return;
      void flow.setCenter(
        node.position.x + (node.width ?? 0) / 2,
        node.position.y + (node.height ?? 0) / 2,
        { zoom: Math.max(zoom, 0.6), duration },
      );
    },
    [flow, duration],
  );
  return {
    home,
    reached,
    whole: () => void flow.fitView({ ...ZOOM, maxZoom: 1, duration, padding: 0.08 }),
    zoom: (by: number) => {
      const room = stage();
      if (room) void flow.zoomTo(flow.getZoom() * by, { duration });
    },
  };
}
