import type { FriendState } from "../api/types.ts";

/** In the order they are offered. */
export const STATES = [
  "friend",
  "blocked",
  "unknown",
  "never",
  "deleted",
] as const satisfies FriendState[];
