/** あいさつ are rules that wait for a friend; here is which of them speaks for an account. */
import type { Action, Journey, Rule } from "../api/types.ts";

export const KINDS = ["follow", "unblock"] as const;
export type GreetingKind = (typeof KINDS)[number];

/** The rule that answers: the first in order that is on, else the first that is off. Not one that keeps hours. */
export function greetingOf(
  rules: readonly Rule[],
  channel: string,
  kind: GreetingKind,
): Rule | undefined {
  const own = rules.filter(
    (rule) => rule.trigger.on === kind && (rule.channel_id === null || rule.channel_id === channel),
  );
  return own.find((rule) => rule.enabled) ?? own[0];
}

/** The template whose words are the greeting: the first message it sends. */
export const templateOf = (rule: Rule | undefined): string | undefined =>
  rule?.actions.find((action) => action.action === "message")?.template;

/** What it does besides. */
export const besides = (rule: Rule): Action[] =>
  rule.actions.filter(
    (action) => action.action !== "message" || action.template !== templateOf(rule),
  );

/** The scenarios of an account that begin with it; of a friend who comes back only those that say so. */
export const startedBy = <J extends Pick<Journey, "state" | "channel_id" | "graph">>(
  journeys: readonly J[],
  account: string,
  kind: GreetingKind,
): J[] =>
  journeys.filter(({ state, channel_id, graph: { trigger } }) => {
    const begins = trigger.on === "follow" && (kind === "follow" || trigger.unblock === true);
    return begins && state === "published" && channel_id === account;
  });
