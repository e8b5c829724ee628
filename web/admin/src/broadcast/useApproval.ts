/** Whether a second person must say yes to a draft, and whether they have. */
import { useQuery } from "@tanstack/react-query";
import type { Approval, BroadcastSafety, BroadcastWithCounts } from "../api/types.ts";
import { useMe } from "../session/api.ts";
import { broadcastQuery, safetyQuery } from "./api.ts";

type Rule = BroadcastSafety["approval"];

function asksApproval(rule: Rule, people: number): boolean {
  return rule.when === "always" || (rule.when === "above" && people > rule.people);
}

export type Standing = "free" | "needed" | "requested" | "approved" | "returned";

/** Where a draft stands; a word on an older version is none. */
export function standingOf(rule: Rule, people: number, approval: Approval | null): Standing {
  if (!asksApproval(rule, people)) return "free";
  if (!approval?.current) return "needed";
  return approval.state;
}

/** Whether this person may be the second one. */
export function mayDecide(
  broadcast: Pick<BroadcastWithCounts, "created_by" | "updated_by" | "approval">,
  user: string,
): boolean {
  const own = `user:${user}`;
  const { created_by, updated_by, approval } = broadcast;
  return (
    approval?.state === "requested" &&
    approval.current &&
    ![created_by, updated_by, approval.requested_by].includes(own)
  );
}

export function useApproval(id: string, people: number) {
  const { data: safety } = useQuery(safetyQuery);
  const { data: broadcast } = useQuery(broadcastQuery(id));
  const me = useMe();
  if (!safety || !broadcast) return undefined;
  return {
    standing: standingOf(safety.approval, people, broadcast.approval),
    approval: broadcast.approval,
    names: broadcast.names,
    mine: mayDecide(broadcast, me.user?.id ?? ""),
  };
}
export type ApprovalOf = ReturnType<typeof useApproval>;
