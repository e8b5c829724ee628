/** Names events by what they mean to staff. */
import type { TimelineEntry } from "../api/types.ts";

export type Happening =
  | "follow"
  | "unfollow"
  | "message"
  | "postback"
  | "click"
  | "tag"
  | "change"
  | "custom"
  | "other";

const KNOWN: Record<string, Happening> = {
  follow: "follow",
  unfollow: "unfollow",
  message: "message",
  postback: "postback",
  click: "click",
  tag_add: "tag",
  tag_remove: "tag",
  change: "change",
  contact_change: "change",
  custom: "custom",
};

export function eventKey(entry: Pick<TimelineEntry, "kind">): Happening {
  return KNOWN[entry.kind] ?? "other";
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The words of an event, where it has some: a text, a button's words, an event's name. */
export function detailOf(payload: unknown): string | undefined {
  if (!isRecord(payload)) return undefined;
  const message = isRecord(payload.message) ? payload.message : payload;
  for (const key of ["text", "display_text", "name", "url", "data"]) {
    const value = message[key];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}
