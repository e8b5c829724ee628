import { expect, it } from "vitest";
import type { Finding } from "../api/types.ts";
import { sorted, warningsOf, worstOf } from "./findings.ts";

const found = (
  check: Finding["check"],
  level: Finding["level"],
  texts: string[] = [],
): Finding => ({
  check,
  level,
  places: texts.map((text) => ({ what: "leftover", bubble: 1, text, detail: "", people: 0 })),
});

it("takes the worst and shows it first", () => {
  const all = [found("weekday", "ok"), found("leftover", "warn", ["ダミー"]), found("utm", "info")];
  expect(worstOf(all)).toBe("warn");
  expect(worstOf([])).toBe("ok");
  expect(sorted(all).map(({ check }) => check)).toEqual(["leftover", "utm", "weekday"]);
});

it("asks again when something else is found", () => {
  const one = warningsOf([found("leftover", "warn", ["ダミー"]), found("utm", "info", ["x"])]);
  const two = warningsOf([found("leftover", "warn", ["ダミー", "(仮)"])]);
  expect([one.n, two.n]).toEqual([1, 2]);
  expect(one.signature).not.toBe(two.signature);
});
