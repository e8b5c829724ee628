import { describe, expect, it } from "vitest";
import { afterEdit, hasLineEmoji, type Placed, withFigure, withoutFigure } from "./lineEmoji.ts";

const at = (...indexes: number[]): Placed[] =>
  indexes.map((index) => ({ index, productId: "p", emojiId: String(index) }));
/** Where they stand now, with the place they began at. */
const told = (emojis: Placed[]) => emojis.map(({ index, emojiId }) => `${emojiId}>${index}`);
const edited = (text: string, emojis: Placed[], next: string, caret?: number) =>
  told(afterEdit({ text, emojis }, next, caret));

describe("LINE emoji in a text that is edited", () => {
  it("move with what is written before them", () => {
    expect(edited("あ$い$", at(1, 3), "ああ$い$", 2)).toEqual(["1>2", "3>4"]);
    expect(edited("あ$い$", at(1, 3), "あ$いう$", 4)).toEqual(["1>1", "3>4"]);
    expect(edited("あ$い$", at(1, 3), "$い$", 0)).toEqual(["1>0", "3>2"]);
  });

  it("count as LINE does: a Unicode emoji is two units", () => {
    expect(edited("$", at(0), "😀$", 2)).toEqual(["0>2"]);
  });

  it("go when their $ goes", () => {
    expect(edited("あ$い$", at(1, 3), "あい$", 1)).toEqual(["3>2"]);
    expect(edited("あ$い$", at(1, 3), "", 0)).toEqual([]);
    expect(edited("あ$い", at(1), "新しい文", 4)).toEqual([]);
  });

  it("are told from a written $ by the caret", () => {
    expect(edited("$", at(0), "$$", 1)).toEqual(["0>1"]);
    expect(edited("$", at(0), "$$", 2)).toEqual(["0>0"]);
    expect(edited("$$", at(0, 1), "$", 0)).toEqual(["1>0"]);
    expect(edited("$$", at(0, 1), "$", 1)).toEqual(["0>0"]);
  });

  it("stand in the order of the text", () => {
    const first = withFigure(
      { text: "ab$", emojis: at(2) },
      { productId: "p", emojiId: "n" },
      1,
      2,
    );
    expect(first.text).toBe("a$$");
    expect(told(first.emojis)).toEqual(["n>1", "2>2"]);
    const instead = withFigure(
      { text: "a$", emojis: at(1) },
      { productId: "p", emojiId: "n" },
      1,
      2,
    );
    expect([instead.text, told(instead.emojis)]).toEqual(["a$", ["n>1"]]);
  });

  it("can be taken out", () => {
    const left = withoutFigure({ text: "a$b$", emojis: at(1, 3) }, 1);
    expect([left.text, told(left.emojis)]).toEqual(["ab$", ["3>2"]]);
  });
});

it("knows where a sample is drawn", () => {
  const emoji = { productId: "p", emojiId: "001" };
  expect(hasLineEmoji([{ type: "text", text: "a" }])).toBe(false);
  expect(hasLineEmoji([{ type: "text", text: "$", emojis: [{ index: 0, ...emoji }] }])).toBe(true);
  const v2 = (type: string) => ({ type: "textV2", text: "{a}", substitution: { a: { type } } });
  expect(hasLineEmoji([v2("emoji")])).toBe(true);
  expect(hasLineEmoji([v2("mention")])).toBe(false);
});
