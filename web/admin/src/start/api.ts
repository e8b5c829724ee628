/** How far the accounts are on their way to the first greeting. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client.ts";
import type { ChannelStart } from "../api/types.ts";

export const startQuery = queryOptions({
  queryKey: ["start"],
  queryFn: () => ask(api.GET("/start")),
});
export const putAway = (put_away: boolean) => ask(api.PUT("/start", { body: { put_away } }));

export const STEPS = ["connect", "reception", "line", "friends", "greeting", "provider"] as const;
export type StepName = (typeof STEPS)[number];
export type StepState = "done" | "todo" | "optional" | "problem";

/** How a step stands for an account. */
export function stateOf(step: StepName, start: ChannelStart): StepState {
  switch (step) {
    case "connect":
      return "done";
    case "reception":
      return start.reception ? "done" : "todo";
    case "line":
      return start.ticks >= start.ticks_all ? "done" : "todo";
    case "friends":
      return start.friends === "none" || start.friends === "running" ? "todo" : "done";
    case "greeting":
      if (!start.can_greet) return "optional";
      return start.greeting ? "done" : "todo";
    case "provider":
      if (start.provider === "different") return "problem";
      return start.provider === "same" ? "done" : "optional";
  }
}

/** What is left; what is only wanted later does not count. */
export const leftOf = (start: ChannelStart): StepName[] =>
  STEPS.filter((step) => ["todo", "problem"].includes(stateOf(step, start)));
