/** Splits a text message into what has to be drawn: plain text, links, emoji, mentions. */
import type { Emoji, Mentionee, Substitution, TextMessage, TextV2Message } from "../types.ts";

export type Segment =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; uri: string }
  | { kind: "emoji"; productId: string; emojiId: string }
  | { kind: "mention"; userId?: string; all: boolean; text?: string };

/** LINE makes links of addresses that begin with a scheme; a trailing full stop is not part of it. */
const LINK = /https?:\/\/[^\s<>"'　-〿＀-￯]+/g;
const AFTER_LINK = /[.,;:!?)\]]+$/;

export function withLinks(text: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const uri = match[0].replace(AFTER_LINK, "");
    if (match.index > end) segments.push({ kind: "text", text: text.slice(end, match.index) });
    segments.push({ kind: "link", text: uri, uri });
    end = match.index + uri.length;
  }
  if (end < text.length) segments.push({ kind: "text", text: text.slice(end) });
  return segments;
}

interface Replacement {
  from: number;
  to: number;
  segment: Segment;
}

/** Puts the replacements into the text; one that overlaps an earlier one or leaves the text is skipped. */
function replace(text: string, replacements: Replacement[]): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const { from, to, segment } of replacements.sort((a, b) => a.from - b.from)) {
    if (from < end || to > text.length || to <= from) continue;
    segments.push(...withLinks(text.slice(end, from)), segment);
    end = to;
  }
  segments.push(...withLinks(text.slice(end)));
  return segments;
}

/** A sent emoji stands on one `$`; a received one covers the alternative text it came with. */
function emojiAt(text: string, emoji: Emoji): Replacement[] {
  if (emoji.length === undefined && text[emoji.index] !== "$") return [];
  const { index, productId, emojiId } = emoji;
  return [
    {
      from: index,
      to: index + (emoji.length ?? 1),
      segment: { kind: "emoji", productId, emojiId },
    },
  ];
}

function mentionAt(text: string, mentionee: Mentionee): Replacement {
  const { index, length, userId } = mentionee;
  return {
    from: index,
    to: index + length,
    segment: {
      kind: "mention",
      all: mentionee.type === "all",
      text: text.slice(index, index + length),
      ...(userId === undefined ? {} : { userId }),
    },
  };
}

export function textSegments(message: TextMessage): Segment[] {
  const text = message.text ?? "";
  return replace(text, [
    ...(message.emojis ?? []).flatMap((emoji) => emojiAt(text, emoji)),
    ...(message.mention?.mentionees ?? []).map((mentionee) => mentionAt(text, mentionee)),
  ]);
}

function substituted(value: Substitution): Segment {
  if (value.type === "emoji") {
    return { kind: "emoji", productId: value.productId, emojiId: value.emojiId };
  }
  return value.mentionee.type === "all"
    ? { kind: "mention", all: true }
    : { kind: "mention", all: false, userId: value.mentionee.userId };
}

/** `{{`, `}}` or a slot such as `{name}`. */
const SLOT = /\{\{|\}\}|\{([0-9A-Za-z_]{1,20})\}/g;

/** A slot without substitution stays visible as it was written: LINE would refuse the message. */
export function textV2Segments(message: TextV2Message): Segment[] {
  const segments: Segment[] = [];
  let plain = "";
  const flush = () => {
    segments.push(...withLinks(plain));
    plain = "";
  };
  let end = 0;
  const text = message.text ?? "";
  for (const match of text.matchAll(SLOT)) {
    plain += text.slice(end, match.index);
    end = match.index + match[0].length;
    const key = match[1];
    const value = key === undefined ? undefined : message.substitution?.[key];
    if (key === undefined) plain += match[0][0];
    else if (value === undefined) plain += match[0];
    else {
      flush();
      segments.push(substituted(value));
    }
  }
  plain += text.slice(end);
  flush();
  return segments;
}

/** One to three emoji alone are drawn large. */
export function isLargeEmoji(segments: Segment[]): boolean {
  return segments.length <= 3 && segments.length > 0 && segments.every((s) => s.kind === "emoji");
}

/** The plain reading of a message's text, for previews and notifications. */
export function plainText(segments: Segment[]): string {
  return segments
    .map((s) => (s.kind === "emoji" ? "☺" : "text" in s ? (s.text ?? "@") : "@"))
    .join("");
}
