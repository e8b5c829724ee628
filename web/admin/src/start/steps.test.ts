import { expect, it } from "vitest";
import type { ChannelStart } from "../api/types.ts";
import { leftOf, stateOf } from "./api.ts";

const FRESH: ChannelStart = {
  channel_id: "c",
  reception: false,
  provider: null,
  ticks: 0,
  ticks_all: 5,
  friends: "none",
  greeting: null,
  can_greet: true,
  finished: false,
};

it("goes from the first step to the last", () => {
  expect(leftOf(FRESH)).toEqual(["reception", "line", "friends", "greeting"]);
  const done = { ...FRESH, reception: true, ticks: 5, greeting: "r", friends: "done" } as const;
  expect(leftOf(done)).toEqual([]);
});

it("asks nobody to greet where nobody's joining is told", () => {
  expect(stateOf("greeting", { ...FRESH, can_greet: false })).toBe("optional");
});

it("never hides a provider that differs", () => {
  expect(stateOf("provider", FRESH)).toBe("optional");
  expect(leftOf({ ...FRESH, provider: "different" })).toContain("provider");
});

it("has looked at friends from before, whatever LINE said", () => {
  expect(stateOf("friends", { ...FRESH, friends: "not_allowed" })).toBe("done");
  expect(stateOf("friends", { ...FRESH, friends: "running" })).toBe("todo");
});
