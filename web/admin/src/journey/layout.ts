/** Where each card of the drawing stands: from above to below, ways that belong together close. */
import { Graph, layout } from "@dagrejs/dagre";
import type { JourneyNode } from "../api/types.ts";
import { waysOf } from "./graph.ts";
import { END } from "./steps.ts";

export const CARD_WIDTH = 264;
export const END_SIZE = { width: 84, height: 34 };

export interface Place {
  x: number;
  y: number;
}

/** Each end is drawn for itself, so that no way crosses the whole drawing only to end. */
export const endOf = (from: string, port: string) => `${END} ${from} ${port}`;

/** Upper left corners, by id of step or end. */
export function placesOf(
  nodes: readonly JourneyNode[],
  start: string,
  heightOf: (id: string) => number,
): Map<string, Place> {
  const graph = new Graph();
  graph.setGraph({
    rankdir: "TB",
    rankalign: "top",
    nodesep: 44,
    ranksep: 76,
    marginx: 24,
    marginy: 24,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const sizes = new Map<string, { width: number; height: number }>();
  const add = (id: string, size: { width: number; height: number }) => {
    sizes.set(id, size);
    graph.setNode(id, { ...size });
  };
  add(start, { width: CARD_WIDTH, height: heightOf(start) });
  for (const { id } of nodes) add(id, { width: CARD_WIDTH, height: heightOf(id) });
  for (const { from, port, to } of waysOf(nodes)) {
    const target = sizes.has(to) ? to : endOf(from, port);
    if (!sizes.has(target)) add(target, END_SIZE);
    graph.setEdge(from, target);
  }
  layout(graph);
  return new Map(
    [...sizes].map(([id, { width, height }]) => {
      const { x, y } = graph.node(id) as Place;
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
