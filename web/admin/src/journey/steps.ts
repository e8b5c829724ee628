/** Changes to the list of steps that keep every pointer right. */
import type { Graph, JourneyDraft, JourneyNode, Step } from "../api/types.ts";

export const END = "end";
export const STEPS = ["message", "wait", "branch", "choose", "actions", "goal", "exit"] as const;
export type StepKind = (typeof STEPS)[number];

export function newStep(kind: StepKind): Step {
  switch (kind) {
    case "message":
      return { do: kind, template: "", lane: "marketing" };
    case "wait":
      return { do: kind, until: { after: { days: 1 } } };
    case "branch":
      return { do: kind, if: { is: "all", of: [] }, no: END };
    case "choose":
      return { do: kind, cases: [{ if: { is: "all", of: [] }, next: END }] };
    case "actions":
      return { do: kind, actions: [] };
    default:
      return { do: kind };
  }
}

/** An id that no step of the journey has, so that figures of an old step never come to stand at a new one. */
export function freshId(
  nodes: readonly JourneyNode[],
  taken: ReadonlySet<string> = new Set(),
): string {
  const used = new Set([...nodes.map((node) => node.id), ...taken]);
  let n = nodes.length + 1;
  while (used.has(`n${n}`)) n++;
  return `n${n}`;
}

export function insertAt(
  nodes: JourneyNode[],
  at: number,
  step: Step,
  taken?: ReadonlySet<string>,
): JourneyNode[] {
  return nodes.toSpliced(at, 0, { ...step, id: freshId(nodes, taken) });
}

/** Without a step; who pointed at it goes on at the one below. */
export function removeAt(nodes: JourneyNode[], at: number): JourneyNode[] {
  const gone = nodes[at]?.id;
  const after = nodes[at + 1]?.id ?? END;
  const turn = (id: string | undefined) => (id !== undefined && id === gone ? after : id);
  return nodes.toSpliced(at, 1).map((node) => redirect(node, turn));
}

function redirect(
  node: JourneyNode,
  turn: (id: string | undefined) => string | undefined,
): JourneyNode {
  const next = turn(node.next);
  const base = next === undefined ? node : { ...node, next };
  if (base.do === "branch") {
    const [yes, no] = [turn(base.yes), turn(base.no)];
    return { ...base, ...(yes === undefined ? {} : { yes }), ...(no === undefined ? {} : { no }) };
  }
  if (base.do === "choose") {
    return {
      ...base,
      cases: base.cases.map((one) => ({ ...one, next: turn(one.next) ?? one.next })),
    };
  }
  return base;
}

export function moveTo(nodes: JourneyNode[], from: number, to: number): JourneyNode[] {
  const node = nodes[from];
  return node ? nodes.toSpliced(from, 1).toSpliced(to, 0, node) : nodes;
}

export function draftOf(name: string, channel_id: string, graph: Graph): JourneyDraft {
  return { name, channel_id, ...graph };
}
