import { expect, it } from "vitest";
import { conditionNamed, lineSaid } from "./said.ts";

it("takes only the shop's own name of a condition", () => {
  const because = (name: string) => `除外の条件「${name}」に当てはまるため、販促を控えています。`;
  expect(conditionNamed(because("卸"))).toBe("卸");
  expect(conditionNamed(because("「卸」と社員"))).toBe("「卸」と社員");
  expect(conditionNamed("除外の条件に当てはまるため、販促を控えています。")).toBeUndefined();
  expect(conditionNamed(null)).toBeUndefined();
});

it("takes only what LINE said", () => {
  expect(lineSaid("LINEが受け付けませんでした。400 invalid text")).toBe("400 invalid text");
  expect(lineSaid("LINEが受け付けませんでした。")).toBe("");
});
