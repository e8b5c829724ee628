import { expect, it } from "vitest";
import { csvField, csvOf, detailText } from "./audit.ts";

it("neutralises formulas and quotes what needs it", () => {
  expect(csvField("=1+1")).toBe("'=1+1");
  expect(csvField("-5")).toBe("'-5");
  expect(csvField('a "b", c')).toBe('"a ""b"", c"');
  expect(csvField("常連")).toBe("常連");
  expect(
    csvOf([
      ["a", "b"],
      ["1", "2"],
    ]),
  ).toBe("\uFEFFa,b\r\n1,2\r\n");
});

it("tells details in words, lists as lists, no ids", () => {
  const words: Record<string, unknown> = {
    "audit.keys": { role: "権限", lanes: "対象" },
    "audit.values": { operator: "トーク担当", marketing: "販促" },
  };
  const t = ((key: string) => words[key]) as unknown as Parameters<typeof detailText>[1];
  const id = "0197a0e4-1c2d-7000-8000-000000000001";
  expect(
    detailText({ id, role: "operator", quiet: { lanes: ["marketing"] }, none: null }, t),
  ).toEqual(["権限: トーク担当", "対象: 販促"]);
});
