import { describe, expect, it } from "vitest";
import type { Audience, Broadcast } from "../api/types.ts";
import {
  anew,
  audienceOf,
  conditionOf,
  draftOf,
  emptyPlan,
  lackBefore,
  missing,
  type Plan,
  planOf,
} from "./plan.ts";

const ZONE = "Asia/Tokyo";
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 22, 0, 0);
const plan = (more: Partial<Plan>): Plan => ({ ...emptyPlan("c1"), ...more });

describe("who gets it", () => {
  it("says the same to the server and to the counter", () => {
    const tags = { all: ["a"], any: ["b", "c"], none: ["d"] };
    expect(audienceOf(plan({ target: "tags", tags }))).toEqual({ to: "tags", ...tags });
    expect(conditionOf(plan({ target: "tags", tags }))).toEqual({
      condition: {
        is: "all",
        of: [
          { is: "friend", channel: "c1", states: ["friend", "unknown"] },
          { is: "tag", tag: "a" },
          {
            is: "any",
            of: [
              { is: "tag", tag: "b" },
              { is: "tag", tag: "c" },
            ],
          },
          { is: "no_tag", tag: "d" },
        ],
      },
    });
  });

  it("never takes an unfinished choice for everybody", () => {
    expect(missing(plan({ target: "tags" }), "target", ZONE, NOW)).toBe("tags");
    expect(missing(plan({ target: "segment" }), "target", ZONE, NOW)).toBe("segment");
    expect(missing(plan({ target: "condition" }), "target", ZONE, NOW)).toBe("condition");
    expect(missing(plan({ target: "all" }), "target", ZONE, NOW)).toBeUndefined();
  });
});

describe("when", () => {
  it("refuses the past and an end before the beginning", () => {
    const later = { when: "later" as const };
    expect(missing(plan({ ...later, at: "" }), "time", ZONE, NOW)).toBe("at");
    expect(missing(plan({ ...later, at: "2026-11-22T08:59" }), "time", ZONE, NOW)).toBe("past");
    const at = "2026-11-22T10:00";
    expect(missing(plan({ ...later, at }), "time", ZONE, NOW)).toBeUndefined();
    expect(missing(plan({ ...later, at, until: at }), "time", ZONE, NOW)).toBe("until");
  });

  it("sends wall clock times as instants of the shop's zone", () => {
    const draft = draftOf(plan({ when: "later", at: "2026-11-22T10:00" }), "t1", ZONE);
    expect(draft.send_at).toBe(Date.UTC(2026, 10, 22, 1, 0));
    expect(draftOf(plan({}), "t1", ZONE)).toMatchObject({ send_at: null, not_after: null });
    expect(draft).not.toHaveProperty("name");
  });
});

describe("a stored draft", () => {
  const stored = (not_after: number) =>
    ({
      id: "b1",
      revision: 3,
      name: "春",
      channel_id: "c1",
      template_id: "t1",
      audience: { to: "all" },
      send_at: NOW + HOUR,
      not_after,
    }) as Broadcast;

  it("keeps the time after which it does not go", () => {
    const chosen = planOf(stored(NOW + 4 * HOUR), ZONE, NOW);
    expect(chosen.until).toBe("2026-11-22T13:00");
    expect(draftOf(chosen, "t1", ZONE).not_after).toBe(NOW + 4 * HOUR);
  });

  it("has none where nobody chose one", () => {
    expect(planOf(stored(NOW + 25 * HOUR), ZONE, NOW).until).toBe("");
  });

  it.each<Audience>([
    { to: "all" },
    { to: "tags", all: ["a"], any: [], none: ["b"] },
    { to: "segment", segment: "s1" },
    { to: "missed", broadcast: "b0" },
    { to: "contacts", contacts: ["c1", "c2"] },
    { to: "line_users", user_ids: ["U1"] },
  ])("goes to the same people when it is opened and stored: $to", (audience) => {
    const opened = planOf({ ...stored(NOW + 25 * HOUR), audience }, ZONE, NOW);
    expect(draftOf(opened, "t1", ZONE).audience).toEqual(audience);
  });
});

describe("links", () => {
  it("are counted together unless staff choose otherwise", () => {
    expect(draftOf(plan({}), "t1", ZONE).link_mode).toBe("shared");
    expect(draftOf(plan({ link_mode: "person" }), "t1", ZONE).link_mode).toBe("person");
  });
});

it("finds the first step where something is missing", () => {
  const written = plan({ template_id: "t1", when: "later", at: "2026-11-22T08:59" });
  expect(lackBefore(plan({}), 1, ZONE, NOW)).toBeUndefined();
  expect(lackBefore(plan({ when: "later" }), 3, ZONE, NOW)).toEqual({ at: 1, what: "template" });
  expect(lackBefore(written, 3, ZONE, NOW)).toEqual({ at: 2, what: "past" });
  expect(lackBefore(plan({ template_id: "t1" }), 3, ZONE, NOW)).toBeUndefined();
});

it("keeps what was written for a draft that is gone, under no name of the old one", () => {
  const mine = plan({ id: "b1", revision: 4, number: 2, template_id: "t1", name: "夏" });
  const own = anew({ ...mine, source: "write" }, ZONE, NOW);
  expect(own).toMatchObject({ id: null, revision: null, number: null, template_id: null });
  expect(own.name).toBe("夏");
  const past = anew({ ...mine, when: "later", at: "2026-11-22T08:59" }, ZONE, NOW);
  expect(past).toMatchObject({ template_id: "t1", when: "now", at: "" });
});
