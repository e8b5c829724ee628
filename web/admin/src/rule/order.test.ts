import { expect, it } from "vitest";
import { reordered } from "./order.ts";

it("moves a row among those that are shown and leaves the others where they are", () => {
  const all = ["a", "x", "b", "y", "c"];
  const shown = ["a", "b", "c"];
  expect(reordered(all, shown, 2, 0)).toEqual(["c", "a", "x", "b", "y"]);
  expect(reordered(all, shown, 0, 1)).toEqual(["x", "b", "a", "y", "c"]);
  expect(reordered(all, shown, 0, 2)).toEqual(["x", "b", "y", "c", "a"]);
  expect(reordered(all, shown, 1, 1)).toEqual(all);
  expect(reordered(all, shown, 0, 9)).toEqual(all);
});
