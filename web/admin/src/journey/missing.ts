/** What is not chosen yet, in words of our own: the server could only say that an id is none. */
import { chosen } from "../action/model.ts";
import type { Graph, JourneyNode, JourneyTrigger } from "../api/types.ts";

type Missing = "template" | "actions" | "tag" | "event" | "data" | "date" | "weekday";

export interface Gap {
  path: string;
  what: Missing;
}

export function gapsOf(graph: Graph): Gap[] {
  const { trigger, goal, nodes } = graph;
  const start = ofTrigger(trigger);
  const end = goal && "on" in goal ? ofTrigger(goal.on) : undefined;
  return [
    ...(start ? [{ path: "trigger", what: start }] : []),
    ...nodes.flatMap((node, n) => {
      const what = ofNode(node);
      return what ? [{ path: `nodes[${n}]`, what }] : [];
    }),
    ...(end ? [{ path: "goal", what: end }] : []),
  ];
}

function ofTrigger(trigger: JourneyTrigger): Missing | undefined {
  if (trigger.on === "tag" && trigger.tag === "") return "tag";
  if (trigger.on === "event" && trigger.name.trim() === "") return "event";
  return trigger.on === "postback" && trigger.data === "" ? "data" : undefined;
}

function ofNode(node: JourneyNode): Missing | undefined {
  if (node.do === "message") return node.template === "" ? "template" : undefined;
  if (node.do === "actions")
    return node.actions.length > 0 && node.actions.every(chosen) ? undefined : "actions";
  if (node.do !== "wait") return undefined;
  const { until } = node;
  if ("event" in until) return ofTrigger(until.event.event);
  if ("date" in until) return until.date.attribute === "" ? "date" : undefined;
  return "weekday" in until && until.weekday.days.length === 0 ? "weekday" : undefined;
}
