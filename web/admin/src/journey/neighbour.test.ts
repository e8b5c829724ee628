import { expect, it } from "vitest";
import type { JourneyNode } from "../api/types.ts";
import { START } from "./graph.ts";
import { placesOf } from "./layout.ts";
import { neighbour } from "./neighbour.ts";

const NODES = [
  { id: "b", do: "branch", if: { is: "all", of: [] }, no: "d" },
  { id: "c", do: "exit" },
  { id: "d", do: "exit" },
] as JourneyNode[];
const at = placesOf(NODES, START, () => 90);
const places = [...at].map(([id, position]) => ({ id, position }));
const go = (id: string, key: string) => neighbour(places, NODES, id, key);

it("draws from above to below, what hangs on one branch side by side", () => {
  const y = (id: string) => at.get(id)?.y ?? Number.NaN;
  expect(y(START)).toBeLessThan(y("b"));
  expect(y("b")).toBeLessThan(y("c"));
  expect(y("c")).toBe(y("d"));
  expect(at.get("c")?.x).not.toBe(at.get("d")?.x);
});

it("leads the keyboard along the ways", () => {
  expect(go(START, "ArrowDown")).toBe("b");
  expect(go("b", "ArrowDown")).toBe("c");
  expect(go("d", "ArrowUp")).toBe("b");
  expect(go("b", "ArrowUp")).toBe(START);
  const [left, right] = (at.get("c")?.x ?? 0) < (at.get("d")?.x ?? 0) ? ["c", "d"] : ["d", "c"];
  expect(go(left as string, "ArrowRight")).toBe(right);
  expect(go(right as string, "ArrowLeft")).toBe(left);
  expect(go("c", "ArrowDown")).toBeUndefined();
  expect(go("c", "Enter")).toBeUndefined();
});
