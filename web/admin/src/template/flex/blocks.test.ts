import { describe, expect, it } from "vitest";
import { type Design, emptyDesign, read, write } from "./blocks.ts";

const design: Design = {
  size: "kilo",
  cards: [
    {
      picture: "https://shop.example/a.jpg",
      ratio: "1:1",
      blocks: [
        { kind: "title", text: "秋の新豆" },
        { kind: "text", text: "深煎り", tone: "plain" },
        { kind: "text", text: "100gから", tone: "small" },
        { kind: "line" },
        { kind: "pair", name: "価格", value: "980円" },
      ],
      buttons: [
        { look: "primary", action: { type: "uri", label: "見る", uri: "https://shop.example/" } },
        { look: "link", action: { type: "message", label: "質問", text: "質問" } },
      ],
    },
    { picture: "", ratio: "20:13", blocks: [{ kind: "title", text: "二枚目" }], buttons: [] },
  ],
};

describe("a flex message in blocks", () => {
  it("is read back as it was written, also with its keys in another order", () => {
    expect(read(write(design))).toEqual(design);
    const turned = JSON.parse(JSON.stringify(write(design)), (_, value) =>
      value && typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(read(turned)).toEqual(design);
    expect(read(write(emptyDesign("題")))).toEqual(emptyDesign("題"));
  });

  it("leaves alone what it could not write again", () => {
    const written = write(emptyDesign("題")) as { body: { contents: object[] } };
    expect(read({ ...written, styles: { body: { separator: true } } })).toBeUndefined();
    written.body.contents.push({ type: "image", url: "https://shop.example/b.png" });
    expect(read(written)).toBeUndefined();
    for (const other of [undefined, null, 3, "x", [], {}]) expect(read(other)).toBeUndefined();
  });
});
