/** Stored messages as rows of the talk. */
import type { AnyMessage, TalkItem } from "@enishi/line-ui";
import type { TalkMessage } from "../api/types.ts";

interface Person {
  name: string;
  picture: string | null;
}

/** Says which broadcast a message was part of. */
type Label = (broadcast: string) => string;

/** Newest first as they come from the server; oldest first as they are read. */
export function itemsOf(messages: TalkMessage[], customer: Person, label: Label): TalkItem[] {
  return messages.toReversed().flatMap((message) => rowsOf(message, customer, label));
}

function rowsOf(message: TalkMessage, customer: Person, label: Label): TalkItem[] {
  const bodies = Array.isArray(message.body) ? message.body : [message.body];
  const inward = message.direction === "in";
  const author = {
    name: (inward ? message.sender : null) ?? customer.name,
    ...(customer.picture ? { pictureUrl: customer.picture } : {}),
  };
  const state = stateOf(message);
  return bodies.map((body, n) => ({
    id: bodies.length > 1 ? `${message.id} ${n}` : message.id,
    at: message.at,
    from: inward ? "them" : "me",
    ...(inward ? { author } : {}),
    ...(message.broadcast ? { label: label(message.broadcast.name) } : {}),
    message: withMedia(withText(body, message.text), message.media?.url),
    ...(message.unsent_at !== null ? { unsent: true } : {}),
    ...(message.edited_at !== null ? { edited: true } : {}),
    ...(state ? { state } : {}),
  }));
}

/** What customers write is kept apart from the message's JSON, so that it can be taken back. */
function withText(body: AnyMessage, text: string): AnyMessage {
  if (body.type !== "text" || "text" in body) return body;
  return { ...body, text } as AnyMessage;
}

/** A customer's picture lies with us, not at an address in the message. */
function withMedia(body: AnyMessage, url: string | undefined): AnyMessage {
  if (!url) return body;
  return { ...body, originalContentUrl: url, previewImageUrl: url } as AnyMessage;
}

function stateOf({ delivery }: TalkMessage): TalkItem["state"] {
  if (!delivery) return undefined;
  if (delivery.state === "queued" || delivery.state === "sending") return "sending";
  return delivery.state === "accepted" ? undefined : "failed";
}
