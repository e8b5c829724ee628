/** Names events by what they mean to staff. */

/** What LINE and staff can make happen; every other kind is the shop's own event and goes by its name. */
const KNOWN = [
  "follow",
  "unfollow",
  "message",
  "edited",
  "unsend",
  "postback",
  "video_complete",
  "beacon",
  "join",
  "leave",
  "members",
  "account_link",
  "membership",
  "click",
  "changed",
  "imported",
  "enroll",
  "unenroll",
  "say",
] as const;
export type Happening = (typeof KNOWN)[number] | "custom";

export function happeningOf(kind: string): Happening {
  return KNOWN.find((known) => known === kind) ?? "custom";
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The words of an event, where it has some: a text, a button's words, an address. */
export function detailOf(payload: unknown): string | undefined {
  if (!isRecord(payload)) return undefined;
  const message = isRecord(payload.message) ? payload.message : payload;
  for (const key of ["text", "display_text", "url", "data", "memo"]) {
    const value = message[key];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}
