/** Which card an arrow key leads to: down and up along the ways, left and right beside. */
import type { JourneyNode } from "../api/types.ts";
import { START, waysOf } from "./graph.ts";

interface Placed {
  id: string;
  position: { x: number; y: number };
}

export function neighbour(
  places: readonly Placed[],
  nodes: readonly JourneyNode[],
  id: string,
  key: string,
): string | undefined {
  const known = new Set([START, ...nodes.map((node) => node.id)]);
  const ways = waysOf(nodes);
  switch (key) {
    case "ArrowDown":
      return ways.find((way) => way.from === id && known.has(way.to))?.to;
    case "ArrowUp":
      return ways.find((way) => way.to === id)?.from;
    case "ArrowLeft":
    case "ArrowRight":
      return beside(
        places.filter((place) => known.has(place.id)),
        id,
        key === "ArrowLeft" ? -1 : 1,
      );
    case "Home":
      return START;
    default:
      return undefined;
  }
}

/** Cards whose upper edges are about as high stand in one row. */
const ROW = 60;

function beside(places: readonly Placed[], id: string, step: -1 | 1): string | undefined {
  const own = places.find((place) => place.id === id);
  if (!own) return undefined;
  const row = places
    .filter((place) => Math.abs(place.position.y - own.position.y) < ROW)
    .sort((a, b) => a.position.x - b.position.x);
  return row[row.indexOf(own) + step]?.id;
}
