/** How a coupon stands at a moment, for who chooses one. */
import type { Coupon } from "../api/types.ts";

export type Standing = "running" | "soon" | "over";

export function standingOf(coupon: Coupon, now: number): Standing {
  if (coupon.state !== "running" || (coupon.ends_at ?? now + 1) <= now) return "over";
  return (coupon.starts_at ?? now) > now ? "soon" : "running";
}
