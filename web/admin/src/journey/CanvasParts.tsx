/** The parts of the drawing: cards of steps, the trigger, ends, and the ways between them. */
import { ThemeIcon } from "@mantine/core";
import { IconPlayerPlay, IconPlus } from "@tabler/icons-react";
import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getSmoothStepPath,
  Handle,
  type Node,
  type NodeProps,
  Position,
} from "@xyflow/react";
import { createContext, useContext } from "react";
import { useTranslation } from "react-i18next";
import type { JourneyNode } from "../api/types.ts";
import style from "./Canvas.module.css";
import { FigureBadges, type NodeFigures } from "./FigureBadges.tsx";
import { type Port, START, type Way } from "./graph.ts";
import { SIGNS } from "./signs.ts";

/** What cards and ways can do; apart from their data, so that a change redraws only what it touches. */
interface Desk {
  open: (id: string) => void;
  /** The keyboard came to a card: it must be seen. */
  reached: (id: string) => void;
  add: (way: Way) => void;
  readOnly: boolean;
}
export const DeskContext = createContext<Desk>({
  open: () => undefined,
  reached: () => undefined,
  add: () => undefined,
  readOnly: true,
});

interface CardData extends Record<string, unknown> {
  kind: JourneyNode["do"] | typeof START;
  /** 「ステップ2 待つ」 */
  head: string;
  said: string;
  ports: { port: Port; name: string }[];
  problem: string | undefined;
  figures: NodeFigures | undefined;
}
export type CardNode = Node<CardData, "card">;
export type EndNode = Node<{ name: string }, "end">;
export type WayEdge = Edge<{ way: Way; name: string | undefined; add: string }, "way">;

/** The element of a card, to give it the focus. */
export const cardId = (id: string) => `journey-card-${id}`;

export function StepCardNode({ id, data }: NodeProps<CardNode>) {
  const { open, reached } = useContext(DeskContext);
  const { t } = useTranslation("journey");
  const { kind, head, said, ports, problem, figures } = data;
  const Sign = kind === START ? IconPlayerPlay : SIGNS[kind];
  return (
    <div className={style.card} data-kind={kind} {...(problem ? { "data-problem": true } : {})}>
      {kind !== START && (
        <Handle type="target" position={Position.Top} className={style.dot ?? ""} />
      )}
      <button
        type="button"
        id={cardId(id)}
        data-step={id}
        className={style.press}
        aria-label={[head, said, problem && t("cardProblem", { problem })]
          .filter(Boolean)
          .join("、")}
        onClick={() => open(id)}
        onFocus={() => reached(id)}
      >
        <span className={style.head}>
          <ThemeIcon variant="light" size={22} radius="sm" color={colorOf(kind)}>
            <Sign size={14} />
          </ThemeIcon>
          {head}
        </span>
        <span className={style.said}>{said}</span>
        {problem && <span className={style.problem}>{problem}</span>}
        {figures && kind !== START && <FigureBadges figures={figures} kind={kind} />}
      </button>
      {ports.map(({ port, name }, n) => (
        <Handle
          key={port}
          id={port}
          type="source"
          position={Position.Bottom}
          className={style.dot ?? ""}
          style={{ left: `${(100 * (n + 1)) / (ports.length + 1)}%` }}
          title={name}
        />
      ))}
    </div>
  );
}

function colorOf(kind: CardData["kind"]): string {
  if (kind === "message") return "pine";
  return kind === START ? "blue" : "gray";
}

export function EndPill({ data }: NodeProps<EndNode>) {
  return (
    <div className={style.end}>
      <Handle type="target" position={Position.Top} className={style.dot ?? ""} />
      {data.name}
    </div>
  );
}

export function WayLine(props: EdgeProps<WayEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data } = props;
  const { add, readOnly } = useContext(DeskContext);
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: 14,
  });
  return (
    <>
      <BaseEdge id={id} path={path} {...(props.markerEnd ? { markerEnd: props.markerEnd } : {})} />
      {data && (
        <EdgeLabelRenderer>
          <div
            className={`${style.way} nodrag nopan`}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            {data.name && <span className={style.wayName}>{data.name}</span>}
            {!readOnly && (
              <button
                type="button"
                className={style.plus}
                aria-label={data.add}
                onClick={() => add(data.way)}
              >
                <IconPlus size={15} aria-hidden />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
