import { expect, it } from "vitest";
import { costOf, durationOf, mustType } from "./cost.ts";

it("says whether it fits into the month", () => {
  expect(costOf({ quota_limit: 5000, quota_after: 0 })).toEqual({ kind: "within", left: 0 });
  expect(costOf({ quota_limit: 5000, quota_after: -1 })).toEqual({ kind: "over", lacking: 1 });
  expect(costOf({ quota_limit: null, quota_after: null })).toEqual({ kind: "unknown" });
});

it("rounds durations up to what one can plan with", () => {
  expect(durationOf(0)).toEqual({ unit: "moment", n: 1 });
  expect(durationOf(60_001)).toEqual({ unit: "minutes", n: 2 });
  expect(durationOf(119 * 60_000)).toEqual({ unit: "minutes", n: 119 });
  expect(durationOf(121 * 60_000)).toEqual({ unit: "hours", n: 3 });
});

it("asks for the name before large sends", () => {
  const asked = (recipients: number, friends: number) => mustType(recipients, friends, 1_000);
  expect(asked(1_000, 1_000_000)).toBe(true);
  expect(asked(999, 1_000_000)).toBe(false);
  expect(asked(300, 600)).toBe(true);
  expect(asked(299, 600)).toBe(false);
  expect(asked(10, 10)).toBe(false);
});
