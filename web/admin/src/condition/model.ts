/**
 * The part of conditions that fits into lines: all or any of plain tests. What nests deeper is kept as it is and shown as
 * one line that cannot be edited here.
 */
import type { Attribute, Condition, Test, When } from "../api/types.ts";

export type Join = "all" | "any";
export interface Lines {
  join: Join;
  lines: Condition[];
}

export function linesOf(condition: Condition): Lines {
  if (condition.is === "all" || condition.is === "any") {
    return { join: condition.is, lines: condition.of };
  }
  return { join: "all", lines: [condition] };
}

export const conditionOf = ({ join, lines }: Lines): Condition => ({ is: join, of: lines });

/** What a line can ask; the order of the menu. */
export const ASKS = [
  "tag",
  "no_tag",
  "attribute",
  "friend_since",
  "wrote",
  "name",
  "journey",
  "clicked",
  "source",
] as const;
export type Asked = (typeof ASKS)[number];

export const isAsked = (condition: Condition): condition is Extract<Condition, { is: Asked }> =>
  ASKS.some((ask) => ask === condition.is);

/** A new line; of a kind that needs a choice the choice is still open. */
export function newLine(ask: Asked, channel: string): Condition {
  switch (ask) {
    case "tag":
    case "no_tag":
      return { is: ask, tag: "" };
    case "attribute":
      return { is: ask, key: "", test: "exists" };
    case "friend_since":
      return { is: ask, channel, when: { within_days: 30 } };
    case "wrote":
      return { is: ask, channel, when: { older_than_days: 30 } };
    case "name":
      return { is: ask, contains: "" };
    case "journey":
      return { is: ask, journey: "", state: "active" };
    case "clicked":
      return { is: ask, within_days: 30 };
    case "source":
      return { is: ask, channel, sources: [] };
  }
}

/** Tests by their word, with the value that a new one starts from. */
const STARTS = {
  exists: "exists",
  missing: "missing",
  equals: { equals: "" },
  not: { not: "" },
  contains: { contains: "" },
  ge: { ge: 0 },
  le: { le: 0 },
  on_or_after: { on_or_after: "" },
  before: { before: "" },
  within_days: { within_days: { from: -7, to: 0 } },
  birthday_within: { birthday_within: { from: 0, to: 7 } },
  birthday_month: { birthday_month: "this" },
} as const satisfies Record<string, Test>;
export type TestWord = keyof typeof STARTS;

/** What can be asked of a field of this type. */
export const TESTS: Record<Attribute["type"], TestWord[]> = {
  text: ["equals", "contains", "not", "exists", "missing"],
  number: ["equals", "ge", "le", "exists", "missing"],
  date: [
    "on_or_after",
    "before",
    "within_days",
    "birthday_within",
    "birthday_month",
    "exists",
    "missing",
  ],
  datetime: ["on_or_after", "before", "within_days", "exists", "missing"],
  choice: ["equals", "not", "exists", "missing"],
  yesno: ["equals", "exists", "missing"],
};

export function newTest(word: TestWord, type: Attribute["type"], today: string): Test {
  if (word === "on_or_after" || word === "before") return { [word]: today } as Test;
  if (word === "equals" && type === "yesno") return { equals: "1" };
  return STARTS[word];
}

export function wordOf(test: Test): string {
  return typeof test === "string" ? test : (Object.keys(test)[0] ?? "");
}

export function whenWord(when: When): string {
  return typeof when === "string" ? when : (Object.keys(when)[0] ?? "");
}

/** Lines that say something; open choices and empty texts say nothing yet. */
export function complete(condition: Condition): boolean {
  switch (condition.is) {
    case "tag":
    case "no_tag":
      return condition.tag !== "";
    case "attribute":
      return condition.key !== "" && testComplete(condition.test);
    case "name":
      return condition.contains.trim() !== "";
    case "journey":
      return condition.journey !== "";
    case "source":
      return condition.sources.length > 0;
    case "all":
    case "any":
      return condition.of.length > 0 && condition.of.every(complete);
    default:
      return true;
  }
}

function testComplete(test: Test): boolean {
  if (typeof test === "string") return true;
  const value: unknown = Object.values(test)[0];
  return typeof value !== "string" || value.trim() !== "";
}
