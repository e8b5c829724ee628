import { expect, it } from "vitest";
import type { Bubble, Conversation } from "../api/types.ts";
import { newer } from "./notices.ts";
import { speechOf } from "./reply.ts";

it("tells of what came after, and of what is unread", () => {
  const talk = (unread: number, last_at: number) => ({ unread, last_at }) as Conversation;
  const talks = [talk(1, 30), talk(0, 40), talk(2, 20)];
  expect(newer(talks, 20)).toEqual([talks[0]]);
});

it("says words alone, something alone, or both in one message", () => {
  const sticker = { type: "sticker", packageId: "1", stickerId: "2" } as Bubble;
  expect(speechOf("はい", undefined)).toEqual({ text: "はい" });
  expect(speechOf("  ", sticker)).toEqual({ messages: [sticker] });
  expect(speechOf("はい", sticker)).toEqual({
    messages: [sticker, { type: "text", text: "はい" }],
  });
});
