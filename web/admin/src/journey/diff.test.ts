import { expect, it } from "vitest";
import type { Graph, JourneyNode } from "../api/types.ts";
import { changesOf } from "./diff.ts";

const message = (id: string, template: string, more: object = {}) =>
  ({ id, do: "message", template, ...more }) as JourneyNode;
const graph = (nodes: JourneyNode[], more: object = {}): Graph => ({
  trigger: { on: "follow" },
  nodes,
  ...more,
});
const kinds = (a: Graph, b: Graph) =>
  changesOf(a, b).map((one) =>
    "node" in one
      ? `${one.kind} ${one.node.id}${one.kind === "changed" ? ` ${one.what}` : ""}`
      : one.kind === "setting"
        ? one.setting
        : one.kind,
  );

it("says nothing where only the writing differs", () => {
  const a = graph([message("a", "x"), { id: "b", do: "exit" }]);
  const b = graph([message("a", "x", { lane: "marketing" }), { do: "exit", id: "b" }], {
    reentry: "never",
    on_block: "exit",
  });
  expect(kinds(a, b)).toEqual([]);
});

it("names what came, went and became different", () => {
  const a = graph([message("a", "x"), message("b", "y"), message("c", "z")]);
  const b = graph([message("a", "q"), message("c", "z", { next: "end" }), message("d", "w")], {
    trigger: { on: "hand" },
    goal: { on: { on: "click" } },
  });
  expect(kinds(a, b)).toEqual([
    "trigger",
    "goal",
    "changed a content",
    "changed c ways",
    "added d",
    "removed b",
  ]);
});

it("notices an order that changed", () => {
  const [x, y] = [message("a", "x"), message("b", "y")];
  expect(kinds(graph([x, y]), graph([y, x]))).toEqual(["order"]);
});
