/** Comparing figures. */
import type { Dashboard } from "../api/types.ts";

/** Change in percent, rounded; undefined when there was nothing before. */
export function changeOf(now: number, before: number): number | undefined {
  if (before === 0) return now === 0 ? 0 : undefined;
  return Math.round((100 * (now - before)) / before);
}

/** `+12%`, `-3%`, `±0%`. */
export function signed(percent: number): string {
  if (percent === 0) return "±0%";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent)}%`;
}

/** How many of those who added the account block it now; undefined without anybody. */
export function blockRate({ friends, blocked }: { friends: number; blocked: number }) {
  const all = friends + blocked;
  return all === 0 ? undefined : Math.round((1000 * blocked) / all) / 10;
}

/** Whether anything was ever counted or anybody is known. */
export function isBlank({ counted_from, friends }: Dashboard): boolean {
  return counted_from === null && friends.friends + friends.blocked === 0;
}

/** The short form of a day for an axis: `11/22`. */
export const shortDay = (day: string): string =>
  `${Number(day.slice(5, 7))}/${Number(day.slice(8, 10))}`;
