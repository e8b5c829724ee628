/** Flows a shop can begin with. Only what the engine does today; the words stand in `words/…/preset.json`. */
import type { Graph, JourneyNode, Lane, Span } from "../api/types.ts";
import { END } from "./steps.ts";

/** What a preset asks for before it can be made. */
type Need = "date" | "url";

/** What was made or chosen for it. */
interface Given {
  /** Ids of the templates, in order. */
  templates: readonly string[];
  tag: string;
  /** Key of the date field. */
  date: string;
  /** What staff are told. */
  note: string;
}

export interface Preset {
  key: PresetKey;
  messages: number;
  needs: readonly Need[];
  /** Starts with a tag that is made when there is none. */
  tag?: "birthday" | "comeback" | "visit";
  graph: (given: Given) => Graph;
}

export const PRESET_KEYS = [
  "welcome",
  "birthday",
  "comeback",
  "clicked",
  "survey",
  "purchase",
  "cart",
  "refill",
  "visit",
  "course",
  "inquiry",
] as const;
type PresetKey = (typeof PRESET_KEYS)[number];

type More = { next?: string };

const after = (id: string, span: Span): JourneyNode => ({ id, do: "wait", until: { after: span } });
const onDay = (id: string, attribute: string, days: number, at: string): JourneyNode => ({
  id,
  do: "wait",
  until: { date: { attribute, days, at } },
});
const sayer =
  ({ templates }: Given, lane: Lane = "marketing") =>
  (n: number, more: More = {}): JourneyNode => ({
    id: `m${n}`,
    do: "message",
    template: templates[n - 1] ?? "",
    lane,
    ...more,
  });

const GRAPHS: Record<PresetKey, Preset["graph"]> = {
  welcome: (given) => {
    const say = sayer(given);
    return {
      trigger: { on: "follow" },
      nodes: [
        after("w1", { days: 1, at: "19:00" }),
        say(1),
        after("w2", { days: 2, at: "19:00" }),
        say(2),
        after("w3", { days: 4, at: "19:00" }),
        say(3),
      ],
    };
  },
  birthday: (given) => ({
    trigger: { on: "tag", tag: given.tag },
    nodes: [
      {
        id: "w1",
        do: "wait",
        until: { date: { attribute: given.date, days: 0, at: "10:00", repeat: "yearly" } },
      },
      sayer(given)(1, { next: "w1" }),
    ],
    reentry: "after_end",
  }),
  comeback: (given) => {
    const say = sayer(given);
    return {
      trigger: { on: "tag", tag: given.tag },
      nodes: [
        say(1),
        after("w1", { days: 7, at: "19:00" }),
        { id: "b1", do: "branch", if: { is: "clicked", within_days: 7 }, yes: "g1" },
        say(2, { next: END }),
        { id: "g1", do: "goal" },
      ],
      reentry: "after_end",
    };
  },
  clicked: (given) => {
    const say = sayer(given);
    return {
      trigger: { on: "hand" },
      nodes: [
        say(1),
        {
          id: "w1",
          do: "wait",
          until: { event: { event: { on: "click" }, timeout: { days: 3 }, on_timeout: "m3" } },
        },
        say(2, { next: END }),
        say(3),
      ],
      reentry: "after_end",
    };
  },
  survey: (given) => {
    const say = sayer(given);
    return {
      trigger: { on: "postback", mode: "exact", data: "survey:done" },
      nodes: [say(1), after("w1", { days: 1, at: "19:00" }), say(2)],
    };
  },
  purchase: (given) => {
    const say = sayer(given);
    return {
      trigger: { on: "event", name: "order_placed" },
      nodes: [
        after("w1", { days: 3, at: "19:00" }),
        say(1),
        after("w2", { days: 14, at: "19:00" }),
        say(2),
      ],
      reentry: { keyed: "order_no" },
    };
  },
  cart: (given) => ({
    trigger: { on: "event", name: "cart_updated" },
    nodes: [
      {
        id: "w1",
        do: "wait",
        until: {
          event: {
            event: { on: "event", name: "order_placed" },
            timeout: { hours: 3 },
            on_timeout: "m1",
          },
        },
      },
      { id: "x1", do: "exit" },
      sayer(given)(1),
    ],
    reentry: "always",
  }),
  refill: (given) => ({
    trigger: { on: "event", name: "order_placed" },
    nodes: [after("w1", { days: 25, at: "10:00" }), sayer(given)(1)],
    reentry: "always",
  }),
  visit: (given) => {
    const say = sayer(given, "promised");
    return {
      trigger: { on: "tag", tag: given.tag },
      nodes: [
        onDay("w1", given.date, -1, "18:00"),
        say(1),
        onDay("w2", given.date, 0, "09:00"),
        say(2),
        onDay("w3", given.date, 1, "18:00"),
        say(3),
      ],
      reentry: "after_end",
    };
  },
  course: (given) => {
    const say = sayer(given, "promised");
    const days = [2, 3, 4].flatMap((n) => [after(`w${n}`, { days: 1, at: "19:00" }), say(n)]);
    return { trigger: { on: "message", words: ["読みたい"] }, nodes: [say(1), ...days] };
  },
  inquiry: (given) => {
    const say = sayer(given, "promised");
    return {
      trigger: { on: "message", words: ["相談"] },
      nodes: [
        say(1),
        { id: "a1", do: "actions", actions: [{ action: "notify", text: given.note }] },
        after("w1", { days: 3, at: "11:00" }),
        say(2),
      ],
      reentry: "after_end",
    };
  },
};

const ASKS: Partial<Record<PresetKey, Omit<Preset, "key" | "messages" | "graph">>> = {
  birthday: { needs: ["date"], tag: "birthday" },
  comeback: { needs: ["url"], tag: "comeback" },
  clicked: { needs: ["url"] },
  cart: { needs: ["url"] },
  refill: { needs: ["url"] },
  visit: { needs: ["date"], tag: "visit" },
};

const NOTHING: Given = { templates: [], tag: "", date: "", note: "" };

export const PRESETS: Preset[] = PRESET_KEYS.map((key) => {
  const graph = GRAPHS[key];
  const messages = graph(NOTHING).nodes.filter((node) => node.do === "message").length;
  return { needs: [], ...ASKS[key], key, messages, graph };
});

/** Words of a preset hold their places as `[[name]]`; variables are written otherwise in templates. */
export function fillIn(text: string, url: string): string {
  return text.replaceAll("[[name]]", "{{name}}").replaceAll("[[url]]", url);
}
