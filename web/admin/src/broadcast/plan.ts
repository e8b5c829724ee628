/** What staff are putting together, before the server knows of it. */
import type {
  Audience,
  Broadcast,
  BroadcastCategory,
  BroadcastDraft,
  Bubble,
  Condition,
  Lane,
  LinkMode,
  Template,
} from "../api/types.ts";
import { complete } from "../condition/model.ts";
import { fromWall, toWall } from "../i18n/time.ts";
import { STEPS, type Step } from "./steps.ts";

/** Whom a broadcast is meant for, as the server knows it. */
export type Target = Audience["to"];

export interface Plan {
  /** The draft at the server, once there is one. */
  id: string | null;
  /** Its revision that these words were written on. */
  revision: number | null;
  channel_id: string;
  name: string;
  target: Target;
  tags: { all: string[]; any: string[]; none: string[] };
  condition: Condition;
  segment: string | null;
  /** The broadcast whose recipients are meant, where a draft was made from one. */
  after: string | null;
  /** Whoever a program named one by one, by contact or by LINE's user id. */
  named: string[];
  /** Chosen from the templates, or written here. */
  source: "template" | "write";
  template_id: string | null;
  /** The version of its own words that these were written on. */
  number: number | null;
  messages: Bubble[];
  link_mode: LinkMode;
  category: BroadcastCategory | null;
  when: "now" | "later";
  /** Wall clock of the workspace's zone. */
  at: string;
  until: string;
  lane: Lane;
  first_percent: number | null;
  per_10min: number | null;
}

export function emptyPlan(channel_id: string): Plan {
  return {
    id: null,
    revision: null,
    channel_id,
    name: "",
    target: "all",
    tags: { all: [], any: [], none: [] },
    condition: { is: "all", of: [] },
    segment: null,
    after: null,
    named: [],
    source: "template",
    template_id: null,
    number: null,
    messages: [],
    link_mode: "shared",
    category: "promotion",
    when: "now",
    at: "",
    until: "",
    lane: "marketing",
    first_percent: null,
    per_10min: null,
  };
}

export function audienceOf(plan: Plan): Audience {
  switch (plan.target) {
    case "all":
      return { to: "all" };
    case "tags":
      return { to: "tags", ...plan.tags };
    case "condition":
      return { to: "condition", condition: plan.condition };
    case "segment":
      return { to: "segment", segment: plan.segment ?? "" };
    case "reached":
    case "missed":
      return { to: plan.target, broadcast: plan.after ?? "" };
    case "contacts":
      return { to: "contacts", contacts: plan.named };
    case "line_users":
      return { to: "line_users", user_ids: plan.named };
  }
}

/** The same people as a condition, for counting. */
export function conditionOf(
  plan: Plan,
): { condition: Condition } | { segment_id: string } | undefined {
  const friends: Condition = {
    is: "friend",
    channel: plan.channel_id,
    states: ["friend", "unknown"],
  };
  const tag = (id: string): Condition => ({ is: "tag", tag: id });
  switch (plan.target) {
    case "all":
      return { condition: friends };
    case "segment":
      return plan.segment ? { segment_id: plan.segment } : undefined;
    case "condition":
      return { condition: { is: "all", of: [friends, plan.condition] } };
    case "tags": {
      const { all, any, none } = plan.tags;
      const of: Condition[] = [friends, ...all.map(tag)];
      if (any.length > 0) of.push({ is: "any", of: any.map(tag) });
      of.push(...none.map((id): Condition => ({ is: "no_tag", tag: id })));
      return { condition: { is: "all", of } };
    }
    // Who that is stands in the other broadcast's ledger, or in a list.
    case "reached":
    case "missed":
    case "contacts":
    case "line_users":
      return undefined;
  }
}

export type Missing =
  | "channel"
  | "tags"
  | "segment"
  | "condition"
  | "template"
  | "messages"
  | "at"
  | "past"
  | "until";

/** What a step still needs before the next. */
export function missing(plan: Plan, step: Step, zone: string, now: number): Missing | undefined {
  const { tags } = plan;
  switch (step) {
    case "target":
      if (!plan.channel_id) return "channel";
      if (plan.target === "tags" && tags.all.length + tags.any.length + tags.none.length === 0)
        return "tags";
      if (plan.target === "segment" && !plan.segment) return "segment";
      if (plan.target === "condition" && !complete(plan.condition)) return "condition";
      return undefined;
    case "content":
      if (plan.source === "template") return plan.template_id ? undefined : "template";
      return plan.messages.length > 0 ? undefined : "messages";
    case "time": {
      const at = plan.when === "later" ? fromWall(plan.at, zone) : now;
      if (at === undefined) return "at";
      if (plan.when === "later" && at < now) return "past";
      const until = plan.until === "" ? undefined : fromWall(plan.until, zone);
      return until !== undefined && until <= at ? "until" : undefined;
    }
    case "check":
      return undefined;
  }
}

interface Lack {
  /** The step where something is missing. */
  at: number;
  what: Missing;
}

/** The first step before `to` that is not complete. */
export function lackBefore(plan: Plan, to: number, zone: string, now: number): Lack | undefined {
  for (const [at, step] of STEPS.slice(0, to).entries()) {
    const what = missing(plan, step, zone, now);
    if (what) return { at, what };
  }
  return undefined;
}

export function draftOf(plan: Plan, template_id: string, zone: string): BroadcastDraft {
  return {
    channel_id: plan.channel_id,
    template_id,
    audience: audienceOf(plan),
    lane: plan.lane,
    link_mode: plan.link_mode,
    category: plan.category ?? null,
    send_at: plan.when === "later" ? (fromWall(plan.at, zone) ?? null) : null,
    not_after: plan.until === "" ? null : (fromWall(plan.until, zone) ?? null),
    first_percent: plan.first_percent,
    per_10min: plan.per_10min,
    ...(plan.revision === null ? {} : { revision: plan.revision }),
    ...(plan.name.trim() ? { name: plan.name.trim() } : {}),
  };
}

/** The same as a draft of its own; a time that has passed is to be chosen again. */
export function anew(plan: Plan, zone: string, now: number): Plan {
  const own = plan.source === "write";
  return {
    ...plan,
    id: null,
    revision: null,
    number: null,
    template_id: own ? null : plan.template_id,
    ...(missing(plan, "time", zone, now) ? { when: "now" as const, at: "", until: "" } : {}),
  };
}

/** Until when it goes where nobody chose, as the server takes it. */
const DAY_MS = 86_400_000;

/** A draft at the server, to go on with; `written`: what was written for it alone and is no template of its own. */
export function planOf(
  broadcast: Broadcast,
  zone: string,
  now: number,
  written?: Pick<Template, "messages" | "number">,
): Plan {
  const { audience } = broadcast;
  const plan = emptyPlan(broadcast.channel_id);
  return {
    ...plan,
    id: broadcast.id,
    revision: broadcast.revision,
    name: broadcast.name,
    target: audience.to,
    ...(audience.to === "tags"
      ? { tags: { all: audience.all ?? [], any: audience.any ?? [], none: audience.none ?? [] } }
      : {}),
    ...(audience.to === "condition" ? { condition: audience.condition } : {}),
    ...(audience.to === "contacts" ? { named: audience.contacts } : {}),
    ...(audience.to === "line_users" ? { named: audience.user_ids } : {}),
    ...(audience.to === "segment" ? { segment: audience.segment } : {}),
    ...(audience.to === "reached" || audience.to === "missed" ? { after: audience.broadcast } : {}),
    ...(written
      ? { source: "write" as const, messages: [...written.messages], number: written.number }
      : {}),
    template_id: broadcast.template_id,
    link_mode: broadcast.link_mode,
    category: broadcast.category,
    when: broadcast.send_at > now ? "later" : "now",
    at: broadcast.send_at > now ? toWall(broadcast.send_at, zone) : "",
    until:
      broadcast.not_after === broadcast.send_at + DAY_MS ? "" : toWall(broadcast.not_after, zone),
    lane: broadcast.lane,
    first_percent: broadcast.first_percent,
    per_10min: broadcast.per_10min,
  };
}
