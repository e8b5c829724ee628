/** What an answer costs right now, what it is made of, how long somebody has waited, and what the Enter key means. */
import type { Bubble } from "../api/types.ts";
import type { Speech } from "./api.ts";

export type ReplyCost = { kind: "free"; seconds: number } | { kind: "paid" };

/** A reply token makes the answer free for a short while after the customer wrote. */
export function replyCost(freeUntil: number | null, now: number): ReplyCost {
  const seconds = freeUntil === null ? 0 : Math.floor((freeUntil - now) / 1000);
  return seconds > 0 ? { kind: "free", seconds } : { kind: "paid" };
}

export type Waited = { unit: "minutes" | "hours" | "days"; n: number };

/** Rounded down: "60 minutes" is an hour, "23 h 59" still 23 hours. */
export function waited(since: number, now: number): Waited {
  const minutes = Math.max(0, Math.floor((now - since) / 60_000));
  if (minutes < 60) return { unit: "minutes", n: minutes };
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? { unit: "hours", n: hours } : { unit: "days", n: Math.floor(hours / 24) };
}

interface Key {
  key: string;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
}

/**
 * Whether this key press sends. Never while a word is being composed: some browsers end the composition before they
 * report the Enter that ended it, and only its key code 229 tells.
 */
export function sends(event: Key): boolean {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

/** The pieces of one answer, in the order they stand in the room. */
export function speechOf(text: string, attached: Bubble | undefined): Speech {
  if (!attached) return { text };
  const words = text.trim() === "" ? [] : [{ type: "text", text } as Bubble];
  return { messages: [attached, ...words] };
}

/** What is left in the box once `sent` has gone: what was typed behind it meanwhile, or something else altogether. */
export function rest(typed: string, sent: string): string {
  return typed.startsWith(sent) ? typed.slice(sent.length).trimStart() : typed;
}
