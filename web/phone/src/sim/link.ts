/** Where an address that a message opens leads on this phone. */
import type { Channel } from "./types.ts";

export type Destination =
  | { kind: "inside"; url: string }
  | { kind: "outside"; url: string }
  | { kind: "account"; channel: Channel }
  /** A talk with this text ready to be sent. */
  | { kind: "talk"; channel: Channel; text: string }
  | { kind: "call"; number: string }
  | { kind: "unknown"; url: string };

export interface Holder {
  /** The person's number and the account whose talk is open. */
  user: number;
  channel: string | null;
  channels: Channel[];
  /** The simulator's origin. */
  origin: string;
}

const LIFF_HOSTS = new Set(["liff.line.me", "miniapp.line.me"]);

function parse(url: string, origin: string): URL | undefined {
  try {
    return new URL(url, origin);
  } catch {
    return undefined;
  }
}

/** `https://liff.line.me/{id}/path` → the simulator's `/liff/{id}/path`, with who is looking. */
function liff(url: URL, holder: Holder): Destination {
  const inside = new URL(holder.origin);
  inside.pathname = url.pathname.startsWith("/liff/") ? url.pathname : `/liff${url.pathname}`;
  inside.search = url.search;
  inside.hash = url.hash;
  if (!inside.searchParams.has("__user")) inside.searchParams.set("__user", String(holder.user));
  if (holder.channel && !inside.searchParams.has("__channel")) {
    inside.searchParams.set("__channel", holder.channel);
  }
  return { kind: "inside", url: inside.href };
}

/** Percent-decoded, or as it was written when that is not possible. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * `https://line.me/R/ti/p/@id` shows an account, `https://line.me/R/oaMessage/@id/?text` opens its talk.
 * Source: LINE, "LINE URL scheme".
 */
function lineLink(url: URL, channels: Channel[]): Destination {
  const [, kind, given = ""] = /^\/R\/(ti\/p|oaMessage)\/([^/]+)\/?$/.exec(url.pathname) ?? [];
  const id = decoded(given);
  const channel = channels.find((c) => c.basic_id === id || c.basic_id === `@${id}`);
  if (!kind || !channel) return { kind: "unknown", url: url.href };
  if (kind === "ti/p") return { kind: "account", channel };
  return { kind: "talk", channel, text: decoded(url.search.slice(1)) };
}

export function destination(address: string, holder: Holder): Destination {
  const url = parse(address, holder.origin);
  if (!url) return { kind: "unknown", url: address };
  if (url.protocol === "tel:") return { kind: "call", number: url.pathname };
  if (url.protocol === "line:") return { kind: "unknown", url: address };
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return { kind: "unknown", url: address };
  }
  if (LIFF_HOSTS.has(url.host)) return liff(url, holder);
  if (url.origin === holder.origin && url.pathname.startsWith("/liff/")) return liff(url, holder);
  if (url.host === "line.me") return lineLink(url, holder.channels);
  const outside = url.searchParams.get("openExternalBrowser") === "1";
  return { kind: outside ? "outside" : "inside", url: url.href };
}
