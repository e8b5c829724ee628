/** What is left of a month's messages. LINE's own figure lags behind; what we sent since is added. */
import type { Channel } from "../api/types.ts";

export interface Quota {
  /** Whether LINE has said anything; until then no limit only means that we know of none. */
  asked: boolean;
  limit: number | null;
  /** LINE's count and what we have sent since it was asked. */
  used: number;
  left: number;
  /** Kept back for orders and promises. */
  kept: number;
  /** Four fifths are gone. */
  tight: boolean;
}

export function quotaOf({
  quota,
  reserve_percent,
}: Pick<Channel, "quota" | "reserve_percent">): Quota | undefined {
  if (!quota) return undefined;
  const used = quota.used + quota.reserved;
  const asked = quota.checked_at !== null;
  if (quota.limit === null)
    return { asked, limit: null, used, left: Number.POSITIVE_INFINITY, kept: 0, tight: false };
  const left = Math.max(0, quota.limit - used);
  return {
    asked,
    limit: quota.limit,
    used,
    left,
    kept: Math.floor((quota.limit * reserve_percent) / 100),
    tight: used >= quota.limit * 0.8,
  };
}
