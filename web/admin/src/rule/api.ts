/** Rules. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask, json, tell } from "../api/client.ts";
import type { Rule, RuleDraft, RuleTrial, TrialInput } from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const rulesQuery = queryOptions({
  queryKey: ["rule", "list"],
  queryFn: () => tell<{ items: Rule[] }>(api.GET("/rules")),
});
export const ruleQuery = (id: string) =>
  queryOptions({
    queryKey: ["rule", "one", id],
    queryFn: () => tell<Rule>(api.GET("/rules/{id}", at(id))),
  });

/** A rule that is written on. */
export const begun = (rule: Rule): RuleDraft => ({ ...draftOf(rule), base: rule.updated_at });

/** The rule as it is written, without what the server adds. */
function draftOf(rule: Rule): RuleDraft {
  const { name, channel_id, trigger, hours, actions, priority, enabled } = rule;
  return { name, channel_id, trigger, hours, actions, priority, enabled };
}
export const create = (body: RuleDraft) => tell<Rule>(api.POST("/rules", { body: json(body) }));
export const update = (id: string, body: RuleDraft) =>
  tell<Rule>(api.PUT("/rules/{id}", { ...at(id), body: json(body) }));
export const remove = (id: string) => ask(api.DELETE("/rules/{id}", at(id)));
export const order = (ids: string[]) => ask(api.PUT("/rules/order", { body: { ids } }));
export interface TrialWish {
  channel_id: string;
  input: TrialInput;
  at?: number;
  draft?: { id?: string; rule: RuleDraft };
}
export const tryOut = (body: TrialWish) =>
  tell<RuleTrial>(api.POST("/rules/try", { body: json(body) }));
