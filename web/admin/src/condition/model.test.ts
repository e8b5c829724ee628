import { expect, it } from "vitest";
import type { Condition } from "../api/types.ts";
import {
  ASKS,
  complete,
  conditionOf,
  isAsked,
  linesOf,
  newLine,
  newTest,
  TESTS,
  wordOf,
} from "./model.ts";

const tag: Condition = { is: "tag", tag: "t1" };

it("reads lines and writes the same condition again", () => {
  const nested: Condition = { is: "any", of: [tag, { is: "not", of: tag }] };
  expect(conditionOf(linesOf(nested))).toEqual(nested);
  expect(linesOf(tag)).toEqual({ join: "all", lines: [tag] });
});

it("leaves alone what does not fit into a line", () => {
  const deep: Condition = { is: "all", of: [{ is: "not", of: tag }] };
  const { lines } = linesOf(deep);
  expect(lines.map(isAsked)).toEqual([false]);
});

it("takes no unfinished line for a condition", () => {
  for (const ask of ASKS) {
    const ready = ask === "friend_since" || ask === "wrote" || ask === "clicked";
    expect(complete(newLine(ask, "c1")), ask).toBe(ready || false);
  }
  expect(complete({ is: "all", of: [] })).toBe(false);
  expect(complete({ is: "all", of: [tag, { is: "tag", tag: "" }] })).toBe(false);
  expect(complete({ is: "attribute", key: "k", test: { equals: " " } })).toBe(false);
  expect(complete({ is: "attribute", key: "k", test: { ge: 0 } })).toBe(true);
});

it("offers only tests that fit the field", () => {
  expect(TESTS.yesno).not.toContain("contains");
  for (const [type, words] of Object.entries(TESTS)) {
    for (const word of words) {
      const test = newTest(word, type as keyof typeof TESTS, "2026-11-22");
      expect(wordOf(test)).toBe(word);
    }
  }
  expect(newTest("before", "date", "2026-11-22")).toEqual({ before: "2026-11-22" });
});
