/** A specimen: a heading and the messages drawn under it. */
import type { AnyMessage, FlexBubble, FlexComponent, FlexMessage, TalkItem } from "@enishi/line-ui";

export interface Specimen {
  title: string;
  items: TalkItem[];
  /** Drawn in a broad room instead of a phone's. */
  width?: "broad";
}

/** 22 November 2026, 14:05 in Tokyo: the sheet's fixed present. */
export const NOW = Date.UTC(2026, 10, 22, 5, 5);
const SHOP = { name: "えにし珈琲", pictureUrl: "https://sheet.example/80x80/28/縁" };

let count = 0;

export function theirs(message: AnyMessage, more: Partial<TalkItem> = {}): TalkItem {
  return { id: `s${++count}`, at: NOW, from: "them", author: SHOP, message, ...more };
}

export function mine(message: AnyMessage, more: Partial<TalkItem> = {}): TalkItem {
  return { id: `s${++count}`, at: NOW, from: "me", message, ...more };
}

/** A specimen of messages that the account sends. */
export function shows(title: string, ...messages: AnyMessage[]): Specimen {
  return { title, items: messages.map((message) => theirs(message)) };
}

export function flex(contents: FlexMessage["contents"]): FlexMessage {
  return { type: "flex", altText: "Flex", contents };
}

/** A bubble whose body is a vertical box of the given components. */
export function body(...contents: FlexComponent[]): FlexMessage {
  return flex({
    type: "bubble",
    body: { type: "box", layout: "vertical", spacing: "md", contents },
  });
}

/** A bubble of the given size with one line. */
export function sized(size: NonNullable<FlexBubble["size"]>): FlexBubble {
  return {
    type: "bubble",
    size,
    body: {
      type: "box",
      layout: "vertical",
      contents: [{ type: "text", text: `size: ${size}`, wrap: true }],
    },
  };
}
