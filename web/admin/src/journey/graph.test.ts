import { describe, expect, it } from "vitest";
import type { JourneyNode } from "../api/types.ts";
import { copied, insertOn, isLinear, leadTo, START, type Way, waysOf, without } from "./graph.ts";
import { newStep } from "./steps.ts";

const ALL = { is: "all", of: [] } as const;
const node = (id: string, more: object = {}) =>
  ({ id, do: "actions", actions: [], ...more }) as JourneyNode;
const branch = (id: string, more: object = {}) => node(id, { do: "branch", if: ALL, ...more });
const text = (nodes: readonly JourneyNode[]) =>
  waysOf(nodes).map(({ from, port, to }) => `${from} ${port} ${to}`);
const way = (nodes: readonly JourneyNode[], from: string, port = "next") =>
  waysOf(nodes).find((one) => one.from === from && one.port === port) as Way;

const fork = [node("a"), branch("b", { no: "d" }), node("c", { next: "e" }), node("d"), node("e")];

describe("the drawing of a journey", () => {
  it("has every way, said or not", () => {
    expect(text(fork)).toEqual([
      "start next a",
      "a next b",
      "b yes c",
      "b no d",
      "c next e",
      "d next e",
      "e next end",
    ]);
    const wait = node("w", {
      do: "wait",
      until: { event: { event: { on: "click" }, timeout: { days: 1 }, on_timeout: "z" } },
    });
    expect(text([wait, node("y", { do: "exit" }), node("z")])).toEqual([
      "start next w",
      "w next y",
      "w timeout z",
      "z next end",
    ]);
  });

  it("puts a step into a way and leaves the others alone", () => {
    const { nodes, id } = insertOn(fork, way(fork, "b", "no"), newStep("wait"));
    expect(text(nodes).sort()).toEqual(
      [...text(fork).filter((one) => one !== "b no d"), `b no ${id}`, `${id} next d`].sort(),
    );
    const first = insertOn(fork, way(fork, START), newStep("message"));
    expect(first.nodes[0]?.id).toBe(first.id);
    expect(text(first.nodes)).toContain(`${first.id} next a`);
  });

  it("sends those who do not fit a new branch to the end, the others on", () => {
    const { nodes, id } = insertOn(fork, way(fork, "a"), newStep("branch"));
    expect(text(nodes)).toEqual(
      expect.arrayContaining([`a next ${id}`, `${id} yes b`, `${id} no end`]),
    );
  });

  it("leads a way elsewhere, also the first", () => {
    const led = leadTo(fork, way(fork, "c"), "d");
    expect(text(led)).toEqual(text(fork).map((one) => (one === "c next e" ? "c next d" : one)));
    const begun = leadTo(fork, way(fork, START), "c");
    expect(text(begun)).toEqual(
      expect.arrayContaining(["start next c", "a next b", "b yes c", "c next e", "d next e"]),
    );
  });

  it("takes a step out: who came to it goes on where it led", () => {
    expect(text(without(fork, "b")).sort()).toEqual(
      ["start next a", "a next c", "c next e", "d next e", "e next end"].sort(),
    );
    expect(text(without(fork, "a"))[0]).toBe("start next b");
    const round = [node("a"), node("b", { next: "b" })];
    expect(text(without(round, "b"))).toEqual(["start next a", "a next end"]);
    expect(text(without([node("a")], "a"))).toEqual(["start next end"]);
  });

  it("copies a step right behind itself", () => {
    const { nodes, id } = copied(fork, "a") ?? { nodes: [], id: "" };
    expect(text(nodes)).toEqual(expect.arrayContaining([`a next ${id}`, `${id} next b`]));
    expect(copied([node("x", { do: "exit" })], "x")).toBeUndefined();
  });

  it("knows what a list can say", () => {
    expect(isLinear([node("a"), node("b"), node("c", { do: "exit" })])).toBe(true);
    expect(isLinear(fork)).toBe(false);
    expect(isLinear([node("a", { next: "end" }), node("b")])).toBe(false);
  });
});
