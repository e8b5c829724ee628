/** Waits in words: 「3日後の19:00」. */
import type { TFunction } from "i18next";
import type { Span, Wait } from "../api/types.ts";

type T = TFunction<["journey", "common"]>;

export const WAITS = ["after", "clock", "weekday", "date", "day"] as const;
export type WaitKind = (typeof WAITS)[number] | "event";

export function waitKind(wait: Wait): WaitKind {
  return Object.keys(wait)[0] as WaitKind;
}

export function newWait(kind: WaitKind, today: string): Wait {
  switch (kind) {
    case "after":
      return { after: { days: 1 } };
    case "clock":
      return { clock: "19:00" };
    case "weekday":
      return { weekday: { days: ["sat"], at: "10:00" } };
    case "date":
      return { date: { attribute: "", days: 0, at: "10:00", repeat: "once" } };
    case "day":
      return { day: { date: today, at: "10:00" } };
    case "event":
      return { event: { event: { on: "message" }, timeout: { days: 3 } } };
  }
}

export function spanText(span: Span, t: T): string {
  const parts = [
    span.days ? t("span.days", { n: span.days }) : "",
    span.hours ? t("span.hours", { n: span.hours }) : "",
    span.minutes ? t("span.minutes", { n: span.minutes }) : "",
  ].filter(Boolean);
  const length = parts.join(t("span.join"));
  if (!span.at) return length ? t("span.after", { length }) : t("span.now");
  if (!span.days && !length) return t("span.nextAt", { at: span.at });
  return t("span.afterAt", { length, at: span.at });
}

export function waitText(wait: Wait, t: T, label: (key: string) => string): string {
  if ("after" in wait) return spanText(wait.after, t);
  if ("clock" in wait) return t("span.nextAt", { at: wait.clock });
  if ("weekday" in wait) {
    const days = wait.weekday.days.map((day) => t(`common:weekday.${day}`)).join("・");
    return t("waits.weekdayText", { days, at: wait.weekday.at });
  }
  if ("day" in wait) return `${wait.day.date.replaceAll("-", "/")} ${wait.day.at}`;
  if ("date" in wait) {
    const { attribute, days = 0, at } = wait.date;
    const field = label(attribute);
    if (days === 0) return t("waits.dateOn", { field, at });
    return days < 0
      ? t("waits.dateBefore", { field, n: -days, at })
      : t("waits.dateAfter", { field, n: days, at });
  }
  const { timeout, event } = wait.event;
  const what = t(`waits.on.${event.on}`);
  return timeout ? t("waits.eventUntil", { what, span: spanText(timeout, t) }) : what;
}
