import { describe, expect, it } from "vitest";
import { WORDS } from "../words.ts";
import { talkItems, type Viewpoint } from "./items.ts";
import type { Room, RoomItem } from "./types.ts";

const view: Viewpoint = {
  account: { name: "店" },
  mine: new Set(["Ume"]),
  memberOf: (id) => ({ name: `member ${id}` }),
  contentUrl: (id, preview) => `/content/${id}${preview ? "?preview" : ""}`,
  words: WORDS.ja,
};

let seq = 0;
const item = (more: Partial<RoomItem>): RoomItem => ({
  seq: ++seq,
  id: String(seq),
  direction: "out",
  at_ms: 5,
  kind: "message",
  message: { type: "text", text: "x" },
  ...more,
});

const draw = (...messages: RoomItem[]) =>
  talkItems(
    {
      channel_id: "1",
      user_id: "Ume",
      state: "friend",
      messages,
      rich_menu_id: null,
      read_seq: 0,
    } as Room,
    view,
  );

describe("a room's items", () => {
  it("stand on the side of who spoke", () => {
    const [shop, me, other] = draw(
      item({}),
      item({ direction: "in", from: "Ume", read_by_bot: true }),
      item({ direction: "in", from: "Uother" }),
    );
    expect(shop).toMatchObject({ from: "them", author: { name: "店" }, at: 5 });
    expect(me).toMatchObject({ from: "me", read: true });
    expect(me).not.toHaveProperty("author");
    expect(other).toMatchObject({ from: "them", author: { name: "member Uother" } });
  });

  it("know where a sent picture lies, but leave the shop's and foreign ones alone", () => {
    const image = { type: "image", contentProvider: { type: "line" } };
    const foreign = {
      type: "image",
      contentProvider: { type: "external", originalContentUrl: "https://x/" },
    };
    const [sent, external, shops] = draw(
      item({ id: "9", direction: "in", message: image }),
      item({ direction: "in", message: foreign }),
      item({
        message: {
          type: "image",
          originalContentUrl: "https://s/",
          previewImageUrl: "https://p/",
        } as never,
      }),
    );
    expect(sent?.message).toMatchObject({
      originalContentUrl: "/content/9",
      previewImageUrl: "/content/9?preview",
    });
    expect(external?.message).toBe(foreign);
    expect(shops?.message).toMatchObject({ originalContentUrl: "https://s/" });
  });

  it("say what happened to the friendship, and nothing of a bare postback", () => {
    const drawn = draw(
      item({ kind: "follow", direction: "in", message: undefined as never }),
      item({ kind: "postback", direction: "in", message: undefined as never }),
      item({ kind: "block", direction: "in", message: undefined as never }),
    );
    expect(drawn.map((one) => one.notice)).toEqual([
      "店を友だちに追加しました",
      "店をブロックしました",
    ]);
  });

  it("show what they answer: by id, or by the token the shop was given", () => {
    const [, byId, , byToken] = draw(
      item({ id: "1", message: { type: "text", text: "質問は?" } as never }),
      item({
        direction: "in",
        message: { type: "text", text: "これ", quotedMessageId: "1" } as never,
      }),
      item({
        id: "3",
        direction: "in",
        from: "Ume",
        quote_token: "q3",
        message: { type: "sticker", packageId: "1", stickerId: "2" } as never,
      }),
      item({ message: { type: "text", text: "はい", quoteToken: "q3" } as never }),
    );
    expect(byId?.quoted).toEqual({ name: "店", text: "質問は?" });
    expect(byToken?.quoted).toEqual({ name: "自分", text: "[スタンプ]" });
  });

  it("never quote what was taken back", () => {
    const [, answer] = draw(
      item({ id: "1", unsent: true, message: { type: "text", text: "秘密" } as never }),
      item({ message: { type: "text", text: "はい", quotedMessageId: "1" } as never }),
    );
    expect(JSON.stringify(answer)).not.toContain("秘密");
  });
});
