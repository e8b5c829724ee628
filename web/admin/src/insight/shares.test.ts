import { expect, it } from "vitest";
import { sharesOf } from "./shares.ts";

it("shares add up, without what was cancelled", () => {
  const of = (category: "promotion" | "reading" | null, state: "done" | "cancelled" = "done") => ({
    category,
    state,
  });
  const shares = sharesOf([
    of("promotion"),
    of("promotion"),
    of("reading"),
    of(null),
    of("reading", "cancelled"),
  ]);
  expect(shares).toEqual([
    { category: "promotion", n: 2, percent: 50 },
    { category: "reading", n: 1, percent: 25 },
    { category: "none", n: 1, percent: 25 },
  ]);
  expect(sharesOf([])).toEqual([]);
});
