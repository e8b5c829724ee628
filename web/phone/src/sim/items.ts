/** Turns the simulator's room into what a talk draws, seen by one person. */
import { type AnyMessage, type Author, messageSummary, type TalkItem } from "@enishi/line-ui";
import type { Words } from "../words.ts";
import type { Room, RoomItem } from "./types.ts";

export interface Viewpoint {
  /** The account's face, or the group's. */
  account: Author;
  /** This person's ids: one per provider. */
  mine: ReadonlySet<string>;
  /** The face of another member of a group. */
  memberOf: (userId: string) => Author;
  contentUrl: (messageId: string, preview?: "preview") => string;
  words: Words;
}

const BYTES = new Set(["image", "video", "audio", "file"]);

/** What a phone has sent lies with the simulator; its messages say only that it does. */
function withContent(item: RoomItem, view: Viewpoint): AnyMessage | undefined {
  const { message } = item;
  if (!message || item.direction === "out" || !BYTES.has(message.type)) return message;
  const provider = (message as { contentProvider?: { type?: string } }).contentProvider;
  if (provider?.type === "external") return message;
  return {
    ...message,
    originalContentUrl: view.contentUrl(item.id),
    ...(message.type === "image" ? { previewImageUrl: view.contentUrl(item.id, "preview") } : {}),
  } as AnyMessage;
}

/** The message that another one answers: by id, or by the token the shop was given. */
function quotedBy(item: RoomItem, all: RoomItem[]): RoomItem | undefined {
  const { quotedMessageId, quoteToken } = (item.message ?? {}) as {
    quotedMessageId?: string;
    quoteToken?: string;
  };
  if (quotedMessageId) return all.find((other) => other.id === quotedMessageId);
  if (quoteToken && item.direction === "out") {
    return all.find((other) => other.quote_token === quoteToken);
  }
  return undefined;
}

function authorOf(item: RoomItem, view: Viewpoint): Author | undefined {
  if (item.direction === "out") return view.account;
  const mine = item.from === undefined || view.mine.has(item.from);
  return mine ? undefined : view.memberOf(item.from ?? "");
}

function noticeOf(item: RoomItem, view: Viewpoint): string | undefined {
  switch (item.kind) {
    case "follow":
    case "block":
    case "unblock":
    case "join":
    case "leave":
      return view.words.notice[item.kind](view.account.name);
    default:
      return undefined;
  }
}

/** The rows of a room. A bare postback leaves no trace on a phone. */
export function talkItems(room: Room, view: Viewpoint): TalkItem[] {
  return room.messages.flatMap((item): TalkItem[] => {
    if (item.kind === "postback") return [];
    const author = authorOf(item, view);
    const notice = noticeOf(item, view);
    const message = withContent(item, view);
    const quoted = quotedBy(item, room.messages);
    return [
      {
        id: item.id,
        at: item.at_ms,
        from: author ? "them" : "me",
        ...(author ? { author } : {}),
        ...(notice === undefined ? {} : { notice }),
        ...(message ? { message } : {}),
        ...(item.unsent ? { unsent: true } : {}),
        ...(item.edited ? { edited: true } : {}),
        ...(item.read_by_bot ? { read: true } : {}),
        ...(quoted ? { quoted: quoteOf(quoted, view) } : {}),
      },
    ];
  });
}

function quoteOf(item: RoomItem, view: Viewpoint): { name: string; text: string } {
  const text = item.message && !item.unsent ? messageSummary(item.message) : "…";
  return { name: authorOf(item, view)?.name ?? view.words.me, text };
}
