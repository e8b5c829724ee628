import { expect, it } from "vitest";
import type { Journey, Rule } from "../api/types.ts";
import { besides, greetingOf, startedBy, templateOf } from "./greetings.ts";

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  name: id,
  channel_id: null,
  trigger: { on: "follow" },
  hours: null,
  actions: [],
  priority: 0,
  enabled: true,
  created_at: 0,
  updated_at: 0,
  ...more,
});

it("finds who greets: the first that is on, on this account or on all", () => {
  const rules = [
    rule("off", { enabled: false }),
    rule("elsewhere", { channel_id: "b" }),
    rule("back", { trigger: { on: "unblock" } }),
    rule("here", { channel_id: "a" }),
    rule("all"),
  ];
  expect(greetingOf(rules, "a", "follow")?.id).toBe("here");
  expect(greetingOf(rules, "b", "follow")?.id).toBe("elsewhere");
  expect(greetingOf(rules, "c", "follow")?.id).toBe("all");
  expect(greetingOf(rules, "a", "unblock")?.id).toBe("back");
  expect(greetingOf(rules.slice(0, 1), "a", "follow")?.id).toBe("off");
  expect(greetingOf([], "a", "follow")).toBeUndefined();
});

it("tells the words from what is done besides", () => {
  const greeting = rule("a", {
    actions: [
      { action: "tag_add", tag: "x" },
      { action: "message", template: "t" },
      { action: "message", template: "u" },
    ],
  });
  expect(templateOf(greeting)).toBe("t");
  expect(besides(greeting).map((one) => one.action)).toEqual(["tag_add", "message"]);
  expect(templateOf(undefined)).toBeUndefined();
});

it("knows which scenarios begin with it", () => {
  const journey = (id: string, more: object = {}) =>
    ({
      id,
      state: "published",
      channel_id: "a",
      graph: { trigger: { on: "follow" }, nodes: [] },
      ...more,
    }) as unknown as Journey;
  const all = [
    journey("first"),
    journey("both", { graph: { trigger: { on: "follow", unblock: true }, nodes: [] } }),
    journey("draft", { state: "draft" }),
    journey("elsewhere", { channel_id: "b" }),
    journey("tag", { graph: { trigger: { on: "tag", tag: "t" }, nodes: [] } }),
  ];
  expect(startedBy(all, "a", "follow").map(({ id }) => id)).toEqual(["first", "both"]);
  expect(startedBy(all, "a", "unblock").map(({ id }) => id)).toEqual(["both"]);
});
