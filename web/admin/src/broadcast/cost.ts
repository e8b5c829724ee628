/** What a broadcast costs, said without frightening and without hiding. Yen are without tax. */
import type { BroadcastPreview } from "../api/types.ts";

/** LINE's highest price of a message beyond the plan (Standard plan, Japan). */
export const YEN_PER_MESSAGE = 3;

export type Cost =
  | { kind: "within"; left: number }
  | { kind: "over"; lacking: number }
  | { kind: "unknown" };

/** Whether it fits into the month, and what is left afterwards. */
export function costOf(preview: Pick<BroadcastPreview, "quota_after" | "quota_limit">): Cost {
  if (preview.quota_after === null) return { kind: "unknown" };
  if (preview.quota_after < 0) return { kind: "over", lacking: -preview.quota_after };
  return { kind: "within", left: preview.quota_after };
}

/** Below this, half of all friends is nobody to worry about. */
const FEW = 100;

/** Whether the account's name is typed before sending: many people, or half of all friends. */
export function mustType(recipients: number, friends: number, typed_from: number): boolean {
  return recipients >= typed_from || (recipients >= FEW && recipients * 2 >= friends);
}

export type Duration = { unit: "moment" | "minutes" | "hours"; n: number };

/** How long it takes, roughly and rounded up. */
export function durationOf(ms: number): Duration {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes <= 1) return { unit: "moment", n: 1 };
  if (minutes < 120) return { unit: "minutes", n: minutes };
  return { unit: "hours", n: Math.ceil(minutes / 60) };
}
