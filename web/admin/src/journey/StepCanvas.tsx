/** The drawing with the form of the opened step beside it. */
import { Button, Drawer, Group, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconCopy, IconTrash } from "@tabler/icons-react";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import type { JourneyFigures } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { useCode } from "../ui/useCode.ts";
import { copied, insertOn, leadTo, START, without } from "./graph.ts";
import { StepFields } from "./StepFields.tsx";
import { takenIds } from "./StepList.tsx";
import { newStep } from "./steps.ts";
import { TriggerFields } from "./TriggerFields.tsx";
import type { JourneyDesk } from "./useJourneyWork.ts";

interface StepCanvasProps {
  desk: JourneyDesk;
  figures: JourneyFigures | undefined;
}

export function StepCanvas({ desk, figures }: StepCanvasProps) {
  const may = useMay("define");
  const [opened, setOpened] = useState<string>();
  const open = useCallback((id: string) => setOpened(id), []);
  const { work, setNodes } = desk;
  const { nodes } = work.graph;
  const taken = takenIds(figures);
  const copy = (id: string) => {
    const made = copied(nodes, id, taken);
    if (made) setNodes(made.nodes);
    return made?.id;
  };
  const remove = (id: string) => setNodes(without(nodes, id));
  const drawing = useCode("canvas", () => import("./Canvas.tsx"));
  return (
    <>
      <Loaded query={drawing} waiting={<Blank />}>
        {({ default: Canvas }) => (
          <Canvas
            graph={work.graph}
            problems={desk.problems}
            figures={figures}
            readOnly={!may}
            open={open}
            insert={(way, kind) => {
              const made = insertOn(nodes, way, newStep(kind), taken);
              setNodes(made.nodes);
              return made.id;
            }}
            lead={(way, to) => setNodes(leadTo(nodes, way, to))}
            copy={copy}
            remove={remove}
            undo={desk.undo}
            redo={desk.redo}
          />
        )}
      </Loaded>
      <StepDrawer
        desk={desk}
        opened={opened}
        close={() => setOpened(undefined)}
        copy={copy}
        remove={remove}
      />
    </>
  );
}

/** As high as the drawing will be, so that nothing below it moves away from a finger. */
function Blank() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("loading")}>
      <Skeleton height="min(72vh, 760px)" mih={420} />
    </div>
  );
}

interface DrawerProps {
  desk: JourneyDesk;
  opened: string | undefined;
  close: () => void;
  copy: (id: string) => string | undefined;
  remove: (id: string) => void;
}

function StepDrawer({ desk, opened, close, copy, remove }: DrawerProps) {
  const { t } = useTranslation("journey");
  const may = useMay("define");
  const phone = useMediaQuery("(max-width: 48em)", false);
  const { work, problems, setNodes, putGraph } = desk;
  const { nodes, trigger } = work.graph;
  const index = nodes.findIndex((node) => node.id === opened);
  const node = nodes[index];
  const title = node ? `${t("stepN", { n: index + 1 })} ${t(`step.${node.do}`)}` : t("start");
  return (
    <Drawer
      opened={opened === START || node !== undefined}
      onClose={close}
      title={title}
      position={phone ? "bottom" : "right"}
      size={phone ? "82%" : 460}
      overlayProps={{ backgroundOpacity: 0.15 }}
    >
      <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        {opened === START && (
          <TriggerFields
            label={t("start")}
            trigger={trigger}
            use="start"
            error={problems.find((one) => one.path.startsWith("trigger"))?.message}
            onChange={(next) => putGraph({ trigger: next })}
          />
        )}
        {node && (
          <StepFields
            node={node}
            index={index}
            nodes={nodes}
            channel={work.channel_id}
            problems={problems}
            onChange={(next) => setNodes(nodes.with(index, next), node.id)}
          />
        )}
      </fieldset>
      <Group mt="lg" justify="space-between">
        {node && may ? (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconCopy size={15} />}
              disabled={node.do === "goal" || node.do === "exit"}
              onClick={() => {
                copy(node.id);
                close();
              }}
            >
              {t("canvas.copyStep")}
            </Button>
            <Button
              size="xs"
              variant="subtle"
              color="red"
              leftSection={<IconTrash size={15} />}
              onClick={() => {
                remove(node.id);
                close();
              }}
            >
              {t("canvas.removeStep")}
            </Button>
          </Group>
        ) : (
          <span />
        )}
        <Button onClick={close}>{t("canvas.close")}</Button>
      </Group>
    </Drawer>
  );
}
