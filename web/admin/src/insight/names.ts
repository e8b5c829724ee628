/** Names of months and weeks. */
import { language } from "../i18n/i18n.ts";
import { weekOf } from "./days.ts";

function format(day: string, options: Intl.DateTimeFormatOptions): string {
  const locale = language() === "en" ? "en-GB" : "ja-JP";
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(
    new Date(`${day}T00:00:00Z`),
  );
}

/** 2026年11月 */
export const monthName = (day: string): string => format(day, { year: "numeric", month: "long" });

/** 11/22 – 11/28 */
export function weekName(day: string): string {
  const week = weekOf(day);
  const short = (one: string) => format(one, { month: "numeric", day: "numeric" });
  return `${short(week[0] ?? day)} – ${short(week[6] ?? day)}`;
}
