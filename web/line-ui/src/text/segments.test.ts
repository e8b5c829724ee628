import { describe, expect, it } from "vitest";
import { isLargeEmoji, plainText, textSegments, textV2Segments, withLinks } from "./segments.ts";

const text = (text: string) => ({ kind: "text", text });
const emoji = (productId: string, emojiId: string) => ({ kind: "emoji", productId, emojiId });

describe("links", () => {
  it.each([
    ["見てください https://example.com/a?b=1 よろしく", "https://example.com/a?b=1"],
    ["(https://example.com/a).", "https://example.com/a"],
    ["http://example.com/。次の文", "http://example.com/"],
    ["「https://example.com/x」", "https://example.com/x"],
  ])("finds the address in %s", (input, uri) => {
    const links = withLinks(input).filter((s) => s.kind === "link");
    expect(links).toEqual([{ kind: "link", text: uri, uri }]);
  });

  it("loses no character", () => {
    const input = "a https://x.jp/1, b https://y.jp/2。c";
    expect(
      withLinks(input)
        .map((s) => ("text" in s ? s.text : ""))
        .join(""),
    ).toBe(input);
  });

  it("leaves other schemes alone", () => {
    expect(withLinks("javascript:alert(1)")).toEqual([text("javascript:alert(1)")]);
  });
});

describe("text", () => {
  it("counts emoji places in UTF-16 units", () => {
    // 𠮷 is two units, so the dollar sign stands at 2.
    const segments = textSegments({
      type: "text",
      text: "𠮷$!",
      emojis: [{ index: 2, productId: "p", emojiId: "1" }],
    });
    expect(segments).toEqual([text("𠮷"), emoji("p", "1"), text("!")]);
  });

  it("keeps a dollar sign that no emoji points at, and ignores an emoji that points elsewhere", () => {
    const segments = textSegments({
      type: "text",
      text: "$5 と $",
      emojis: [
        { index: 5, productId: "p", emojiId: "1" },
        { index: 1, productId: "p", emojiId: "2" },
        { index: 99, productId: "p", emojiId: "3" },
      ],
    });
    expect(segments).toEqual([text("$5 と "), emoji("p", "1")]);
  });

  it("replaces the alternative text of received emoji and marks mentions", () => {
    const segments = textSegments({
      type: "text",
      text: "@花子 (love)さん",
      emojis: [{ index: 4, length: 6, productId: "p", emojiId: "1" }],
      mention: { mentionees: [{ index: 0, length: 3, type: "user", userId: "U1" }] },
    });
    expect(segments).toEqual([
      { kind: "mention", all: false, text: "@花子", userId: "U1" },
      text(" "),
      emoji("p", "1"),
      text("さん"),
    ]);
  });

  it("skips what overlaps", () => {
    const segments = textSegments({
      type: "text",
      text: "@abcd",
      mention: {
        mentionees: [
          { index: 0, length: 4, type: "user" },
          { index: 2, length: 3, type: "all" },
        ],
      },
    });
    expect(segments.map((s) => s.kind)).toEqual(["mention", "text"]);
  });

  it("survives a missing text", () => {
    expect(textSegments({ type: "text" } as never)).toEqual([]);
  });
});

describe("textV2", () => {
  it("substitutes slots and unescapes braces", () => {
    const segments = textV2Segments({
      type: "textV2",
      text: "{who}、{{x}} {smile}{all}",
      substitution: {
        who: { type: "mention", mentionee: { type: "user", userId: "U1" } },
        smile: { type: "emoji", productId: "p", emojiId: "1" },
        all: { type: "mention", mentionee: { type: "all" } },
      },
    });
    expect(segments).toEqual([
      { kind: "mention", all: false, userId: "U1" },
      text("、{x} "),
      emoji("p", "1"),
      { kind: "mention", all: true },
    ]);
  });

  it("shows a slot without substitution as it was written", () => {
    expect(textV2Segments({ type: "textV2", text: "{a} {長い}" })).toEqual([text("{a} {長い}")]);
  });

  it("finds links across unescaped braces", () => {
    expect(textV2Segments({ type: "textV2", text: "https://x.jp/{{id}}" })).toEqual([
      { kind: "link", text: "https://x.jp/{id}", uri: "https://x.jp/{id}" },
    ]);
  });
});

it("draws one to three emoji alone large", () => {
  const one = { kind: "emoji", productId: "p", emojiId: "1" } as const;
  expect(isLargeEmoji([one])).toBe(true);
  expect(isLargeEmoji([one, one, one, one])).toBe(false);
  expect(isLargeEmoji([one, { kind: "text", text: "!" }])).toBe(false);
  expect(isLargeEmoji([])).toBe(false);
});

it("reads a text plainly", () => {
  expect(plainText(textV2Segments({ type: "textV2", text: "やあ https://x.jp/" }))).toBe(
    "やあ https://x.jp/",
  );
});
