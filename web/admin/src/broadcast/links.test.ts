import { expect, it } from "vitest";
import { hasLinks } from "./links.ts";

const SHOP = "https://shop.example/";

it("sees what a reader opens", () => {
  expect(hasLinks([{ type: "text", text: `ご覧ください ${SHOP}` }])).toBe(true);
  const action = { type: "uri", label: "見る", uri: SHOP };
  expect(hasLinks([{ type: "template", template: { actions: [action] } }])).toBe(true);
  expect(hasLinks([{ type: "imagemap", actions: [{ type: "uri", linkUri: SHOP }] }])).toBe(true);
});

it("sees no link in pictures, phone numbers and words", () => {
  expect(hasLinks([{ type: "image", originalContentUrl: SHOP, previewImageUrl: SHOP }])).toBe(
    false,
  );
  expect(hasLinks([{ type: "text", text: "本日10時から" }])).toBe(false);
  const call = { type: "uri", uri: "tel:0312345678", altUri: { desktop: SHOP } };
  expect(hasLinks([{ type: "template", template: { text: SHOP, actions: [call] } }])).toBe(false);
});
