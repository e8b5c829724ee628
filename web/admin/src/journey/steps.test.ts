import { describe, expect, it } from "vitest";
import type { JourneyNode } from "../api/types.ts";
import { freshId, insertAt, moveTo, newStep, removeAt } from "./steps.ts";

const node = (id: string, more: object = {}) => ({ id, do: "exit", ...more }) as JourneyNode;

describe("the list of steps", () => {
  it("never gives an id twice, not even one that was published before", () => {
    const nodes = [node("n1"), node("n3")];
    expect(freshId(nodes)).toBe("n4");
    expect(freshId(nodes, new Set(["n4"]))).toBe("n5");
    expect(insertAt(nodes, 1, newStep("wait")).map((one) => one.id)).toEqual(["n1", "n4", "n3"]);
  });

  it("sends those who pointed at a removed step to the one below", () => {
    const nodes = [
      node("a", { do: "branch", if: { is: "all", of: [] }, yes: "b", no: "c" }),
      node("b"),
      node("c", { next: "b" }),
    ];
    const [branch, c] = removeAt(nodes, 1);
    expect(branch).toMatchObject({ yes: "c", no: "c" });
    expect(c).toMatchObject({ id: "c", next: "c" });
  });

  it("sends them to the end when nothing is below", () => {
    const [first] = removeAt([node("a", { next: "b" }), node("b")], 1);
    expect(first).toMatchObject({ next: "end" });
  });

  it("keeps ids when steps move", () => {
    expect(moveTo([node("a"), node("b"), node("c")], 2, 0).map((one) => one.id)).toEqual([
      "c",
      "a",
      "b",
    ]);
  });
});
