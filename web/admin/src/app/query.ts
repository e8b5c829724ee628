/**
 * What the pages know of the server. A key begins with the kind of thing as the live feed names it, then `list` or `one`
 * and its id, so that a change finds the queries it makes stale.
 */
import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "../api/problem.ts";

export type Kind =
  | "asset"
  | "audit"
  | "attribute"
  | "backup"
  | "bulk"
  | "broadcast"
  | "channel"
  | "contact"
  | "conversation"
  | "coupon"
  | "delivery"
  | "insight"
  | "journey"
  | "link"
  | "me"
  | "message"
  | "notice"
  | "parked"
  | "policy"
  | "report"
  | "rule"
  | "security"
  | "segment"
  | "session"
  | "start"
  | "status"
  | "tag"
  | "takeout"
  | "task"
  | "template"
  | "token"
  | "user"
  | "view"
  | "workspace";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (times, thrown) => asProblem(thrown).passing && times < 3,
      retryDelay: (times) => Math.min(8_000, 500 * 2 ** times),
    },
    // A write is repeated by a person, who sees what happened.
    mutations: { retry: false },
  },
});

/** Marks what hangs on a kind as stale: lists always, a single thing only if it is the one that changed. */
export function stale(kind: Kind, id?: string): Promise<void> {
  return queryClient.invalidateQueries({
    predicate: ({ queryKey }) => {
      if (queryKey[0] !== kind) return false;
      return id === undefined || queryKey[1] !== "one" || queryKey[2] === id;
    },
  });
}
