/** The drawing of a graph: cards, ends and ways, where they stand and what is written on them. */
import { MarkerType } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FieldError, Graph, JourneyFigures, JourneyNode } from "../api/types.ts";
import type { CardNode, EndNode, WayEdge } from "./CanvasParts.tsx";
import { type Port, START, type Way, waysOf } from "./graph.ts";
import { CARD_WIDTH, END_SIZE, endOf, placesOf } from "./layout.ts";
import { isOf } from "./StepCard.tsx";
import { END } from "./steps.ts";
import { useStepSentence } from "./useStepSentence.ts";
import { useTriggerSentence } from "./useTriggerSentence.ts";

interface DrawingWish {
  graph: Graph;
  problems: FieldError[];
  figures: JourneyFigures | undefined;
}

export interface Drawing {
  nodes: (CardNode | EndNode)[];
  edges: WayEdge[];
}

const BASE = 88;
const PROBLEM = 36;
const FIGURES = 26;

/** Two rows of figures when there are many. */
function figuresHeight(figures: JourneyFigures["nodes"][string] | undefined): number {
  if (!figures) return 0;
  const { clicked, ...rest } = figures;
  const shown = Object.values(rest).filter((n) => n > 0).length + (clicked ? 1 : 0);
  return shown === 0 ? 0 : FIGURES * Math.ceil(shown / 3);
}

export function useDrawing({ graph, problems, figures }: DrawingWish): Drawing {
  const { t } = useTranslation("journey");
  const sentence = useStepSentence(graph.nodes);
  const trigger = useTriggerSentence();
  const { nodes } = graph;

  const problemOf = (index: number) => problems.find((one) => isOf(one.path, index))?.message;
  const startProblem = problems.find((one) => /^(trigger|only)/.test(one.path))?.message;
  const portName = (node: JourneyNode | undefined, port: Port): string | undefined => {
    if (port === "yes" || port === "no") return t(port);
    if (port === "timeout") return t("onTimeout");
    if (port.startsWith("case:")) return t("caseN", { n: Number(port.slice(5)) + 1 });
    if (node?.do === "choose") return t("otherwise");
    const waits = node?.do === "wait" && "event" in node.until && node.until.event.timeout;
    return waits ? t("happened") : undefined;
  };

  const cards: { id: string; data: CardNode["data"] }[] = [
    {
      id: START,
      data: {
        kind: START,
        head: t("start"),
        said: trigger(graph.trigger),
        ports: [{ port: "next", name: t("begin") }],
        problem: startProblem,
        figures: undefined,
      },
    },
    ...nodes.map((node, n) => ({
      id: node.id,
      data: {
        kind: node.do,
        head: `${t("stepN", { n: n + 1 })} ${t(`step.${node.do}`)}`,
        said: sentence(node),
        ports: waysOf(nodes)
          .filter((way) => way.from === node.id)
          .map(({ port }) => ({ port, name: portName(node, port) ?? t("goOn") })),
        problem: problemOf(n),
        figures: figures?.nodes[node.id],
      },
    })),
  ];
  const heightOf = (id: string) => {
    const data = cards.find((card) => card.id === id)?.data;
    return BASE + (data?.problem ? PROBLEM : 0) + figuresHeight(data?.figures);
  };
  const heights = cards.map((card) => heightOf(card.id)).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights stand for the cards
  const places = useMemo(() => placesOf(nodes, START, heightOf), [nodes, heights]);
  const at = (id: string) => places.get(id) ?? { x: 0, y: 0 };
  const known = new Set(nodes.map((node) => node.id));
  const target = (way: Way) => (known.has(way.to) ? way.to : endOf(way.from, way.port));
  const ways = waysOf(nodes);
  // Ways leave a card in the order in which they arrive, so that none crosses another.
  for (const { id, data } of cards) {
    const x = (port: Port) =>
      at(target(ways.find((way) => way.from === id && way.port === port) as Way)).x;
    data.ports.sort((a, b) => x(a.port) - x(b.port));
  }
  const headOf = (id: string) => cards.find((card) => card.id === id)?.data.head ?? t("end");

  return {
    nodes: [
      ...cards.map<CardNode>(({ id, data }) => ({
        id,
        type: "card",
        position: at(id),
        width: CARD_WIDTH,
        height: heightOf(id),
        data,
      })),
      ...ways
        .filter((way) => !known.has(way.to))
        .map<EndNode>((way) => ({
          id: target(way),
          type: "end",
          position: at(target(way)),
          ...END_SIZE,
          data: { name: way.to === END ? t("end") : t("nowhere") },
        })),
    ],
    edges: ways.map<WayEdge>((way) => ({
      id: `${way.from} ${way.port}`,
      type: "way",
      source: way.from,
      sourceHandle: way.port,
      target: target(way),
      markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
      data: {
        way,
        name: portName(
          nodes.find((node) => node.id === way.from),
          way.port,
        ),
        add: t("addBetween", { from: headOf(way.from), to: headOf(way.to) }),
      },
    })),
  };
}
