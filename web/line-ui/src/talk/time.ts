/** Times and days as a talk room writes them. */
import { type Locale, words } from "../words.ts";

export interface Where {
  /** IANA zone. */
  timeZone: string;
  locale: Locale;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(key: string, where: Where, options: Intl.DateTimeFormatOptions) {
  const name = `${key} ${where.locale} ${where.timeZone}`;
  let made = formats.get(name);
  if (!made) {
    made = new Intl.DateTimeFormat(where.locale === "ja" ? "ja-JP" : "en-GB", {
      ...options,
      timeZone: where.timeZone,
    });
    formats.set(name, made);
  }
  return made;
}

/** `14:05`. */
export function clockLabel(at: number, where: Where): string {
  return format("clock", where, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    at,
  );
}

/** The calendar day as `2026-11-22`, to compare days. */
export function dayKey(at: number, where: Where): string {
  const parts = format(
    "key",
    { ...where, locale: "en" },
    {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    },
  ).formatToParts(at);
  const part = (type: string) => parts.find((p) => p.type === type)?.value;
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** `2026年11月22日(日)`. */
export function dayLabel(at: number, where: Where): string {
  return format("day", where, {
    year: "numeric",
    month: where.locale === "ja" ? "long" : "short",
    day: "numeric",
    weekday: "short",
  }).format(at);
}

/** As `dayLabel`, but 今日 and 昨日 where that is right, and without this year's number. */
export function separatorLabel(at: number, now: number, where: Where): string {
  const day = dayKey(at, where);
  if (day === dayKey(now, where)) return words[where.locale].today;
  if (day === dayKey(now - 86_400_000, where)) return words[where.locale].yesterday;
  if (day.slice(0, 4) !== dayKey(now, where).slice(0, 4)) return dayLabel(at, where);
  return format("short", where, {
    month: where.locale === "ja" ? "long" : "short",
    day: "numeric",
    weekday: "short",
  }).format(at);
}

/** For a list of talks: the time today, 昨日, `11/20`, or `2025/11/20`. */
export function listLabel(at: number, now: number, where: Where): string {
  const day = dayKey(at, where);
  if (day === dayKey(now, where)) return clockLabel(at, where);
  if (day === dayKey(now - 86_400_000, where)) return words[where.locale].yesterday;
  const [year, month, date] = day.split("-").map(Number);
  return day.slice(0, 4) === dayKey(now, where).slice(0, 4)
    ? `${month}/${date}`
    : `${year}/${month}/${date}`;
}
