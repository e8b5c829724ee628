/** Turns the messages of a talk into rows: where days change, who shows a face, where a time stands. */
import type { AnyMessage } from "../types.ts";
import { clockLabel, dayKey, type Where } from "./time.ts";

export interface Author {
  name: string;
  pictureUrl?: string;
}

export interface TalkItem {
  id: string;
  /** Epoch milliseconds. */
  at: number;
  /** `me` stands right and green: the one who holds this screen. */
  from: "me" | "them";
  /** Who wrote it, when it was not me. */
  author?: Author;
  /** Missing for a mere notice. */
  message?: AnyMessage;
  /** A line in the middle instead of a message, for example "blocked". */
  notice?: string;
  /** A small line above, for example what it was part of. */
  label?: string;
  unsent?: boolean;
  edited?: boolean;
  read?: boolean;
  state?: "sending" | "failed";
  /** The message this one answers. */
  quoted?: { name: string; text: string };
}

export type Row =
  | { kind: "day"; key: string; at: number }
  | { kind: "notice"; key: string; item: TalkItem }
  | {
      kind: "message";
      key: string;
      item: TalkItem;
      author: Author | undefined;
      /** First of a run by one author: shows face and name. */
      head: boolean;
      /** Last of a run: shows the time. */
      tail: boolean;
    };

/** The author as drawn: a message's `sender` overrides the account's name and icon. */
function authorOf(item: TalkItem): Author | undefined {
  if (item.from === "me") return undefined;
  const sender = item.message?.sender;
  const pictureUrl = sender?.iconUrl ?? item.author?.pictureUrl;
  return { name: sender?.name ?? item.author?.name ?? "", ...(pictureUrl ? { pictureUrl } : {}) };
}

const isMessage = (item: TalkItem): boolean => item.notice === undefined && !item.unsent;

/** Whether two neighbours belong to one run: same author, same label, same minute. */
function together(a: TalkItem | undefined, b: TalkItem | undefined, where: Where): boolean {
  if (!a || !b || !isMessage(a) || !isMessage(b)) return false;
  if (a.from !== b.from || a.label !== b.label) return false;
  const [one, other] = [authorOf(a), authorOf(b)];
  return (
    one?.name === other?.name &&
    one?.pictureUrl === other?.pictureUrl &&
    dayKey(a.at, where) === dayKey(b.at, where) &&
    clockLabel(a.at, where) === clockLabel(b.at, where)
  );
}

export function rowsOf(items: TalkItem[], where: Where): Row[] {
  const rows: Row[] = [];
  let day = "";
  items.forEach((item, index) => {
    const today = dayKey(item.at, where);
    if (today !== day) {
      rows.push({ kind: "day", key: `day ${today} ${item.id}`, at: item.at });
      day = today;
    }
    if (!isMessage(item)) {
      rows.push({ kind: "notice", key: item.id, item });
      return;
    }
    rows.push({
      kind: "message",
      key: item.id,
      item,
      author: authorOf(item),
      head: !together(items[index - 1], item, where),
      tail: !together(item, items[index + 1], where),
    });
  });
  return rows;
}

/** The quick replies now on show: the last message's, if the other side wrote it. */
export function quickReplyOf(items: TalkItem[]): TalkItem | undefined {
  const last = items.findLast(isMessage);
  const shown = last?.from === "them" && last.message?.quickReply?.items?.length;
  return shown ? last : undefined;
}
