export type { Message } from "./types.ts";
