/** The steps as a drawing: ways between them, and changes that leave every other way as it was. */
import type { JourneyNode, Step } from "../api/types.ts";
import { END, freshId } from "./steps.ts";

/** The trigger, drawn above the first step. */
export const START = "start";

/** Which way out of a step. */
export type Port = "next" | "yes" | "no" | "timeout" | `case:${number}`;

export interface Way {
  from: string;
  port: Port;
  /** A step or the end. */
  to: string;
}

const casePort = (n: number): Port => `case:${n}`;
const caseOf = (port: Port): number | undefined =>
  port.startsWith("case:") ? Number(port.slice(5)) : undefined;

/** Whether a walk ends there whatever follows. */
const last = (node: JourneyNode) => node.do === "goal" || node.do === "exit";

const timed = (node: JourneyNode) =>
  node.do === "wait" && "event" in node.until && node.until.event.timeout !== undefined;

function below(nodes: readonly JourneyNode[], at: number): string {
  return nodes[at + 1]?.id ?? END;
}

/** All ways, in the order of the list; the first of a step is its main one. */
export function waysOf(nodes: readonly JourneyNode[]): Way[] {
  return [
    { from: START, port: "next", to: nodes[0]?.id ?? END },
    ...nodes.flatMap((node, at) => waysOut(nodes, node, at)),
  ];
}

function waysOut(nodes: readonly JourneyNode[], node: JourneyNode, at: number): Way[] {
  if (last(node)) return [];
  const next = node.next ?? below(nodes, at);
  const way = (port: Port, to: string | undefined): Way => ({
    from: node.id,
    port,
    to: to ?? next,
  });
  switch (node.do) {
    case "branch":
      return [way("yes", node.yes), way("no", node.no)];
    case "choose":
      return [...node.cases.map((one, n) => way(casePort(n), one.next)), way("next", next)];
    case "wait":
      return "event" in node.until && timed(node)
        ? [way("next", next), way("timeout", node.until.event.on_timeout)]
        : [way("next", next)];
    default:
      return [way("next", next)];
  }
}

/** With one way leading elsewhere. */
function turned(node: JourneyNode, port: Port, to: string): JourneyNode {
  const at = caseOf(port);
  if (node.do === "branch" && (port === "yes" || port === "no")) return { ...node, [port]: to };
  if (node.do === "choose" && at !== undefined) {
    return { ...node, cases: node.cases.map((one, n) => (n === at ? { ...one, next: to } : one)) };
  }
  if (node.do === "wait" && port === "timeout" && "event" in node.until) {
    return { ...node, until: { event: { ...node.until.event, on_timeout: to } } };
  }
  return port === "next" ? { ...node, next: to } : node;
}

/** Every way written out, so that the order of the list decides nothing. */
function pinned(nodes: readonly JourneyNode[]): JourneyNode[] {
  return nodes.map((node, at) =>
    waysOut(nodes, node, at).reduce((done, { port, to }) => turned(done, port, to), node),
  );
}

/** Ways that lead to the step below are left out again, as the list writes them. */
function relaxed(nodes: readonly JourneyNode[]): JourneyNode[] {
  return nodes.map((node, at) => {
    const next = below(nodes, at);
    const { next: own, ...rest } = node as JourneyNode & { next?: string };
    const base = (
      last(node) || node.do === "branch" || own === next || own === undefined
        ? rest
        : { ...rest, next: own }
    ) as JourneyNode;
    if (base.do === "branch") return dropWays(base, next);
    if (base.do === "wait" && "event" in base.until && timed(base)) {
      const { on_timeout, ...event } = base.until.event;
      const same = on_timeout === undefined || on_timeout === (base.next ?? next);
      return same ? { ...base, until: { event } } : base;
    }
    return base;
  });
}

type Branch = Extract<JourneyNode, { do: "branch" }>;

function dropWays({ yes, no, ...rest }: Branch, next: string): Branch {
  return {
    ...rest,
    ...(yes === undefined || yes === next ? {} : { yes }),
    ...(no === undefined || no === next ? {} : { no }),
  };
}

const indexOf = (nodes: readonly JourneyNode[], id: string) =>
  nodes.findIndex((node) => node.id === id);

function put(nodes: JourneyNode[], way: Way, to: string): JourneyNode[] {
  if (way.from !== START)
    return nodes.map((node) => (node.id === way.from ? turned(node, way.port, to) : node));
  const at = indexOf(nodes, to);
  const first = nodes[at];
  return first ? [first, ...nodes.toSpliced(at, 1)] : nodes;
}

/** Leads a way elsewhere. */
export function leadTo(nodes: readonly JourneyNode[], way: Way, to: string): JourneyNode[] {
  return relaxed(put(pinned(nodes), way, to));
}

/** A new step in the middle of a way; a branch sends those who do not fit to the end at first. */
export function insertOn(
  nodes: readonly JourneyNode[],
  way: Way,
  step: Step,
  taken?: ReadonlySet<string>,
): { nodes: JourneyNode[]; id: string } {
  const id = freshId(nodes, taken);
  const fresh = withMain({ ...step, id } as JourneyNode, way.to);
  const list = pinned(nodes);
  const from = indexOf(list, way.from);
  const target = indexOf(list, way.to);
  const main = way.port === "next" || way.port === "yes";
  const at = way.from === START || main ? from + 1 : target > from ? target : list.length;
  const placed = list.toSpliced(at, 0, fresh);
  return { id, nodes: relaxed(way.from === START ? placed : put(placed, way, id)) };
}

/** A step that is put in goes on where the way led before. */
function withMain(node: JourneyNode, to: string): JourneyNode {
  if (last(node)) return node;
  if (node.do === "branch") return { ...node, yes: to, no: node.no ?? END };
  return { ...node, next: to };
}

/** Without a step: who came to it goes on where its main way led. */
export function without(nodes: readonly JourneyNode[], id: string): JourneyNode[] {
  const main = waysOf(nodes).find((way) => way.from === id)?.to ?? END;
  const to = main === id ? END : main;
  const at = indexOf(nodes, id);
  const all = waysOf(nodes).filter((way) => way.to === id && way.from !== START && way.from !== id);
  const led = all.reduce((done, way) => put(done, way, to), pinned(nodes));
  const rest = led.filter((node) => node.id !== id);
  return relaxed(at === 0 ? put(rest, { from: START, port: "next", to: id }, to) : rest);
}

/** The same step once more, right behind itself; nothing can follow a step that ends the walk. */
export function copied(
  nodes: readonly JourneyNode[],
  id: string,
  taken?: ReadonlySet<string>,
): { nodes: JourneyNode[]; id: string } | undefined {
  const node = nodes.find((one) => one.id === id);
  const way = waysOf(nodes).find((one) => one.from === id);
  if (!node || !way) return undefined;
  const { id: _, next: __, ...step } = structuredClone(node);
  return insertOn(nodes, way, step as Step, taken);
}

/** Steps one below another without any other way: a list says it all. */
export function isLinear(nodes: readonly JourneyNode[]): boolean {
  return waysOf(nodes).every(({ from, port, to }) => {
    if (port !== "next") return false;
    return from === START || to === below(nodes, indexOf(nodes, from));
  });
}
