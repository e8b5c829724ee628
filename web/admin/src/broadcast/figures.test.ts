import { expect, it } from "vitest";
import { figuresOf } from "./figures.ts";

it("is at 100 % only when everybody is settled", () => {
  const counts = {
    queued: 1,
    sending: 0,
    accepted: 998,
    failed: 0,
    unknown: 0,
    refused: { cap: 1 },
  };
  expect(figuresOf({ counts, total: 1000 })).toEqual({ refused: 1, settled: 999, percent: 99 });
  const done = { ...counts, queued: 0, failed: 1 };
  expect(figuresOf({ counts: done, total: 1000 }).percent).toBe(100);
  expect(
    figuresOf({ counts: { ...done, accepted: 0, failed: 0, refused: {} }, total: 0 }).percent,
  ).toBe(0);
});
