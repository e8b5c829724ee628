/** Where an address that a message opens leads on this phone. */
import type { Channel } from "./types.ts";

export type Destination =
  | { kind: "inside"; url: string }
  | { kind: "outside"; url: string }
  | { kind: "account"; channel: Channel }
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

/** `https://line.me/R/ti/p/@id` and `https://lin.ee`-like links that add an account. */
function account(url: URL, channels: Channel[]): Destination {
  const id = decodeURIComponent(url.pathname.split("/").at(-1) ?? "");
  const channel = channels.find((c) => c.basic_id === id || c.basic_id === `@${id}`);
  return channel ? { kind: "account", channel } : { kind: "unknown", url: url.href };
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
  if (url.host === "line.me" && url.pathname.startsWith("/R/ti/p/")) {
    return account(url, holder.channels);
  }
  const outside = url.searchParams.get("openExternalBrowser") === "1";
  return { kind: outside ? "outside" : "inside", url: url.href };
}
