import { expect, it } from "vitest";
import type { JourneyNode, JourneyTrigger } from "../api/types.ts";
import { gapsOf } from "./missing.ts";
import { newStep, STEPS } from "./steps.ts";

const gaps = (nodes: JourneyNode[], trigger: JourneyTrigger = { on: "follow" }) =>
  gapsOf({ trigger, nodes }).map(({ path, what }) => `${path} ${what}`);

it("names what a new step still needs", () => {
  const nodes = STEPS.map((kind, n) => ({ ...newStep(kind), id: `n${n}` }) as JourneyNode);
  const found = gaps(nodes);
  const at = (kind: (typeof STEPS)[number]) => STEPS.indexOf(kind);
  expect(found).toEqual([`nodes[${at("message")}] template`, `nodes[${at("actions")}] actions`]);
});

it("looks into triggers, also those that are waited for", () => {
  const wait = {
    id: "w",
    do: "wait",
    until: { event: { event: { on: "tag", tag: "" } } },
  } as JourneyNode;
  expect(gaps([wait], { on: "event", name: " " })).toEqual(["trigger event", "nodes[0] tag"]);
});
