/** Days of a calendar as text, `2026-11-22`; without a zone, since a day is a day. */

const DAY_MS = 86_400_000;
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
const text = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export const plusDays = (day: string, n: number): string => text(at(day) + n * DAY_MS);

export function plusMonths(day: string, n: number): string {
  const date = new Date(at(day));
  return text(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + n, 1));
}

/** 0 for Sunday. */
export const weekday = (day: string): number => new Date(at(day)).getUTCDay();

/** The week around a day, from Sunday as calendars in Japan begin. */
export function weekOf(day: string): string[] {
  const first = plusDays(day, -weekday(day));
  return Array.from({ length: 7 }, (_, n) => plusDays(first, n));
}

/** Whole weeks around a day's month. */
export function monthOf(day: string): string[] {
  const first = `${day.slice(0, 7)}-01`;
  const days = weekOf(first);
  while ((days.at(-1) ?? "") < plusDays(plusMonths(first, 1), -1)) {
    days.push(...weekOf(plusDays(days.at(-1) ?? first, 1)));
  }
  return days;
}

/** The days between the first and the day after the last. */
export const spanOf = (days: string[]): { from: string; to: string } => ({
  from: days[0] ?? "",
  to: plusDays(days.at(-1) ?? "1970-01-01", 1),
});
