import { expect, it } from "vitest";
import { replyCost, rest, sends, waited } from "./reply.ts";

it("is free only while the token lives", () => {
  expect(replyCost(10_900, 1_000)).toEqual({ kind: "free", seconds: 9 });
  expect(replyCost(1_999, 1_000)).toEqual({ kind: "paid" });
  expect(replyCost(null, 0)).toEqual({ kind: "paid" });
});

it("says how long somebody has waited", () => {
  const minute = 60_000;
  expect(waited(0, 59 * minute)).toEqual({ unit: "minutes", n: 59 });
  expect(waited(0, 60 * minute)).toEqual({ unit: "hours", n: 1 });
  expect(waited(0, 24 * 60 * minute)).toEqual({ unit: "days", n: 1 });
  expect(waited(5, 0)).toEqual({ unit: "minutes", n: 0 });
});

it("never sends the Enter that chooses a kanji", () => {
  const enter = { key: "Enter", shiftKey: false, isComposing: false, keyCode: 13 };
  expect(sends(enter)).toBe(true);
  expect(sends({ ...enter, isComposing: true })).toBe(false);
  expect(sends({ ...enter, keyCode: 229 })).toBe(false);
  expect(sends({ ...enter, shiftKey: true })).toBe(false);
  expect(sends({ ...enter, key: "a" })).toBe(false);
});

it("leaves in the box what was typed while an answer was on its way", () => {
  expect(rest("はい。", "はい。")).toBe("");
  expect(rest("はい。\nお待ちしております。", "はい。")).toBe("お待ちしております。");
  expect(rest("別の話", "はい。")).toBe("別の話");
});
