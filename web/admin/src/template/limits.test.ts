import { describe, expect, it } from "vitest";
import type { Bubble } from "../api/types.ts";
import { count, problemsOf } from "./limits.ts";

const words = {
  empty: "空",
  tooLong: (most: number) => `${most}まで`,
  badUrl: "URL",
  badUri: "URI",
};
const bubble = (value: object) => value as Bubble;
const said = (value: object) =>
  problemsOf([bubble(value)], words).map((one) => `${one.path} ${one.message}`);

describe("counting as LINE does", () => {
  it("takes code units in texts: an emoji is two, a rare kanji too", () => {
    expect(count("あ☕", "units")).toBe(2);
    expect(count("😀", "units")).toBe(2);
    expect(count("𠮷野家", "units")).toBe(4);
  });

  it("takes what a reader sees as one in words on buttons", () => {
    expect(count("👨‍👩‍👧‍👦", "graphemes")).toBe(1);
    expect(count("がぎ", "graphemes")).toBe(2);
    expect(count("が", "graphemes")).toBe(1);
  });

  it("leaves variables out, and counts escaped braces as they are read", () => {
    expect(count("{{name|お客さま}}へ", "units")).toBe(1);
    expect(count("\\{{name}}", "units")).toBe(8);
  });
});

describe("problems while typing", () => {
  it("names the field", () => {
    expect(said({ type: "text", text: "" })).toEqual(["messages[0].text 空"]);
    expect(said({ type: "text", text: "あ".repeat(5001) })).toEqual(["messages[0].text 5000まで"]);
    expect(said({ type: "text", text: "あ".repeat(5000) })).toEqual([]);
  });

  it("has a shorter limit below a title", () => {
    const actions = [{ type: "uri", label: "見る", uri: "https://shop.example" }];
    const buttons = (more: object) => ({
      type: "template",
      altText: "お知らせ",
      template: { type: "buttons", text: "あ".repeat(61), actions, ...more },
    });
    expect(said(buttons({}))).toEqual([]);
    expect(said(buttons({ title: "題" }))).toEqual(["messages[0].template.text 60まで"]);
    expect(said(buttons({ thumbnailImageUrl: "https://x.example/a.png" }))).toHaveLength(1);
  });

  it("looks into every column and button", () => {
    const column = (label: string) => ({
      text: "本文",
      actions: [{ type: "uri", label, uri: "ftp://x" }],
    });
    const carousel = {
      type: "template",
      altText: "",
      template: { type: "carousel", columns: [column("見る"), column("")] },
    };
    expect(said(carousel)).toEqual([
      "messages[0].altText 空",
      "messages[0].template.columns[0].actions[0].uri URI",
      "messages[0].template.columns[1].actions[0].label 空",
      "messages[0].template.columns[1].actions[0].uri URI",
    ]);
  });

  it("lets a variable stand for an address", () => {
    const image = { type: "image", originalContentUrl: "{{event.picture}}" };
    expect(said({ ...image, previewImageUrl: "http://x.example/a.png" })).toEqual([
      "messages[0].previewImageUrl URL",
    ]);
  });
});
