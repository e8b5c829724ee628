import { expect, it } from "vitest";
import { exampleOf } from "./utm.ts";

it("shows what the pattern makes of a name", () => {
  const rule = { on: true, source: "line", medium: "message", campaign: "{name}" };
  expect(exampleOf(rule, "春のセール")).toBe(
    "https://shop.example/sale?utm_source=line&utm_medium=message&utm_campaign=春のセール",
  );
  expect(exampleOf({ ...rule, campaign: " " }, "春")).toContain("utm_campaign=0192f3c4-…");
});
