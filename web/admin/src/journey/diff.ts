/** What differs between two graphs, step by step, for people. */
import type { Graph, JourneyNode } from "../api/types.ts";

/** A part of the whole besides its steps. */
type Setting = "trigger" | "only" | "goal" | "reentry" | "on_block";

export type Change =
  | { kind: "added"; node: JourneyNode; index: number }
  | { kind: "removed"; node: JourneyNode; index: number }
  /** `ways`: only where it leads on is different. */
  | {
      kind: "changed";
      before: JourneyNode;
      node: JourneyNode;
      index: number;
      what: "content" | "ways";
    }
  | { kind: "order" }
  | { kind: "setting"; setting: Setting };

const SETTINGS: Setting[] = ["trigger", "only", "goal", "reentry", "on_block"];
const DEFAULTS: Partial<Record<Setting, unknown>> = { reentry: "never", on_block: "exit" };

/** Fields in one order, and what the server fills in taken for granted. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined && one !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, plain(one)]),
  );
}

const same = (a: unknown, b: unknown) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));

/** Without where it leads. */
function content(node: JourneyNode): unknown {
  const { next: _, id: __, ...step } = node;
  if (step.do === "branch") {
    const { yes: _yes, no: _no, ...rest } = step;
    return rest;
  }
  if (step.do === "choose") return { do: step.do, cases: step.cases.map((one) => one.if) };
  if (step.do === "wait" && "event" in step.until) {
    const { on_timeout: _late, ...event } = step.until.event;
    return { do: step.do, until: { event } };
  }
  return step.do === "message" ? { lane: "marketing", ...step } : step;
}

export function changesOf(before: Graph, after: Graph): Change[] {
  const settings = SETTINGS.filter(
    (key) => !same(before[key] ?? DEFAULTS[key], after[key] ?? DEFAULTS[key]),
  ).map<Change>((setting) => ({ kind: "setting", setting }));
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Set(after.nodes.map((node) => node.id));
  const steps = after.nodes.flatMap<Change>((node, index) => {
    const was = old.get(node.id);
    if (!was) return [{ kind: "added", node, index }];
    if (!same(content(was), content(node)))
      return [{ kind: "changed", before: was, node, index, what: "content" }];
    return same(was, node) || same({ lane: "marketing", ...was }, { lane: "marketing", ...node })
      ? []
      : [{ kind: "changed", before: was, node, index, what: "ways" }];
  });
  const gone = before.nodes.flatMap<Change>((node, index) =>
    now.has(node.id) ? [] : [{ kind: "removed", node, index }],
  );
  const kept = (graph: Graph, other: Set<string>) =>
    graph.nodes.map((node) => node.id).filter((id) => other.has(id));
  const moved = !same(kept(before, now), kept(after, new Set(old.keys())));
  return [...settings, ...steps, ...gone, ...(moved ? [{ kind: "order" } as const] : [])];
}
