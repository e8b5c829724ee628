import { expect, it } from "vitest";
import type { Bubble, TalkMessage } from "../api/types.ts";
import { itemsOf } from "./items.ts";

const text = (value: string) => ({ type: "text", text: value }) as Bubble;
const message = (more: Partial<TalkMessage>): TalkMessage => ({
  id: "m",
  at: 1,
  direction: "in",
  kind: "text",
  text: "",
  body: text("こんにちは"),
  sender: null,
  media: null,
  unsent_at: null,
  edited_at: null,
  delivery: null,
  broadcast: null,
  ...more,
});
const customer = { name: "佐藤", picture: null };
const label = (broadcast: string) => `一斉配信:${broadcast}`;

it("turns the newest-first list around and splits what was said in several bubbles", () => {
  const said = message({ id: "b", direction: "out", body: [text("一"), text("二")] });
  const items = itemsOf([said, message({ id: "a" })], customer, label);
  expect(items.map((item) => item.id)).toEqual(["a", "b 0", "b 1"]);
  expect(items.map((item) => item.from)).toEqual(["them", "me", "me"]);
  expect(items[0]?.author).toEqual({ name: "佐藤" });
});

it("shows what did not arrive, and hides nothing behind 'sending'", () => {
  const state = (value: "queued" | "accepted" | "refused" | "unknown") =>
    itemsOf(
      [message({ direction: "out", delivery: { state: value, reason: null } })],
      customer,
      label,
    )[0]?.state;
  expect(state("queued")).toBe("sending");
  expect(state("accepted")).toBeUndefined();
  expect(state("refused")).toBe("failed");
  expect(state("unknown")).toBe("failed");
});

it("puts a customer's words back into the message", () => {
  const words = message({ text: "ありがとう", body: { type: "text" } as Bubble });
  expect(itemsOf([words], customer, label)[0]?.message).toEqual({
    type: "text",
    text: "ありがとう",
  });
});

it("draws kept pictures from our own address", () => {
  const picture = message({
    kind: "image",
    body: { type: "image" } as Bubble,
    media: { url: "/m/1" },
  });
  expect(itemsOf([picture], customer, label)[0]?.message).toMatchObject({
    originalContentUrl: "/m/1",
  });
});

it("names the broadcast a message was part of, and sets it apart from an answer of the same minute", () => {
  const sale = { id: "b", name: "セール" };
  const items = itemsOf(
    [
      message({ id: "b", direction: "out", body: [text("はい")] }),
      message({ id: "a", direction: "out", body: [text("一"), text("二")], broadcast: sale }),
    ],
    customer,
    label,
  );
  expect(items.map((item) => item.label)).toEqual([
    "一斉配信:セール",
    "一斉配信:セール",
    undefined,
  ]);
});
