/** Dates as the workspace's zone has them; the browser's own zone is never used. */
import { language } from "./i18n.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, key: string, options: Intl.DateTimeFormatOptions) {
  const locale = language() === "en" ? "en-GB" : "ja-JP";
  const id = `${locale} ${zone} ${key}`;
  let made = formats.get(id);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
    formats.set(id, made);
  }
  return made;
}

/** 2026/11/22 14:05 */
export function dateTime(at: number, zone: string): string {
  return format(zone, "datetime", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

/** 2026/11/22 */
export function dateOnly(at: number, zone: string): string {
  return format(zone, "date", { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** 11月22日(日) 14:05 */
export function dayAndTime(at: number, zone: string): string {
  return format(zone, "daytime", {
    month: "short",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

interface Wall {
  date: string;
  time: string;
}

function wallParts(at: number, zone: string): Wall {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? "00";
  return {
    date: `${get("year").padStart(4, "0")}-${get("month")}-${get("day")}`,
    time: `${get("hour")}:${get("minute")}:${get("second")}`,
  };
}

/** What `<input type="datetime-local">` holds for an instant: `2026-11-22T14:05`. */
export function toWall(at: number, zone: string): string {
  const { date, time } = wallParts(at, zone);
  return `${date}T${time.slice(0, 5)}`;
}

/** The calendar day of an instant, `2026-11-22`. */
export function dayOf(at: number, zone: string): string {
  return wallParts(at, zone).date;
}

function offsetAt(at: number, zone: string): number {
  const { date, time } = wallParts(at, zone);
  return Date.parse(`${date}T${time}Z`) - Math.floor(at / 1000) * 1000;
}

/**
 * The instant of a wall clock time in a zone; `undefined` when it cannot be read.
 * A time that clocks skip becomes the same distance after the gap.
 */
export function fromWall(wall: string, zone: string): number | undefined {
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // The offset at the guess is right unless the clocks change in between; the second look settles that.
  const guess = asUtc - offsetAt(asUtc, zone);
  return asUtc - offsetAt(guess, zone);
}

export function number(n: number): string {
  return n.toLocaleString(language() === "en" ? "en-GB" : "ja-JP");
}

/** A count that stops at a ceiling: `10,000+`. */
export function counted(total: { count: number; more: boolean }): string {
  return `${number(total.count)}${total.more ? "+" : ""}`;
}

/** When a calendar day (`2026-11-22`) begins in a zone, or the day so many days after it. */
export function dayStart(day: string, zone: string, after = 0): number | undefined {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(utc)) return undefined;
  const later = new Date(utc + after * 86_400_000).toISOString().slice(0, 10);
  return fromWall(`${later}T00:00:00`, zone);
}
