/** How much of what is sent wants to sell. */
import type { BroadcastCategory, PlannedBroadcast } from "../api/types.ts";

export interface Share {
  category: BroadcastCategory | "none";
  n: number;
  percent: number;
}

const ORDER = ["promotion", "reading", "notice", "none"] as const;

/** By number of broadcasts; what was cancelled says nothing. */
export function sharesOf(broadcasts: Pick<PlannedBroadcast, "category" | "state">[]): Share[] {
  const counted = broadcasts.filter(({ state }) => state !== "cancelled");
  return ORDER.map((category) => {
    const n = counted.filter((one) => (one.category ?? "none") === category).length;
    return { category, n, percent: Math.round((100 * n) / Math.max(1, counted.length)) };
  }).filter(({ n }) => n > 0);
}

export const CATEGORY_COLORS = {
  promotion: "orange.6",
  reading: "pine.7",
  notice: "blue.6",
  none: "gray.5",
} as const;
export const JOURNEY_COLOR = "grape.5";
export const MENU_COLOR = "cyan.6";

/** `grape.5` as style sheets name it. */
export const colorOf = (color: string): string => `var(--mantine-color-${color.replace(".", "-")})`;
