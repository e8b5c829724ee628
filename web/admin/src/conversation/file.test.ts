import { expect, it } from "vitest";
import { isLink, linkTo } from "./file.ts";

it("names the file and opens the phone's own browser", () => {
  const bubble = linkTo("見積書.pdf", "https://crm.example/a/KEY/file");
  expect(bubble).toEqual({
    type: "text",
    text: "見積書.pdf\nhttps://crm.example/a/KEY/file?openExternalBrowser=1",
  });
  expect(isLink(bubble)).toBe(true);
  expect(isLink({ type: "sticker", packageId: "446", stickerId: "1988" })).toBe(false);
});
