import { describe, expect, it } from "vitest";
import { destination, type Holder } from "./link.ts";
import type { Channel } from "./types.ts";

const shop = { channel_id: "1", name: "店", basic_id: "@abc123" } as Channel;
const holder: Holder = {
  user: 7,
  channel: "1000000001",
  channels: [shop],
  origin: "http://127.0.0.1:8090",
};
const to = (url: string) => destination(url, holder);

describe("a link", () => {
  it.each([
    ["https://example.com/a?b=1#c", "https://example.com/a?b=1#c"],
    ["http://127.0.0.1:8080/r/xyz", "http://127.0.0.1:8080/r/xyz"],
    [
      "https://liff.line.me/1234567890-AbcdEfgh/coupon?x=1",
      "http://127.0.0.1:8090/liff/1234567890-AbcdEfgh/coupon?x=1&__user=7&__channel=1000000001",
    ],
    [
      "https://miniapp.line.me/1234567890-AbcdEfgh",
      "http://127.0.0.1:8090/liff/1234567890-AbcdEfgh?__user=7&__channel=1000000001",
    ],
    [
      "/liff/1234567890-AbcdEfgh?__user=3",
      "http://127.0.0.1:8090/liff/1234567890-AbcdEfgh?__user=3&__channel=1000000001",
    ],
  ])("%s opens inside", (url, inside) => expect(to(url)).toEqual({ kind: "inside", url: inside }));

  it("opens outside when it asks for that", () => {
    const url = "https://example.com/?openExternalBrowser=1";
    expect(to(url)).toEqual({ kind: "outside", url });
  });

  it("leads to an account", () => {
    expect(to("https://line.me/R/ti/p/%40abc123")).toEqual({ kind: "account", channel: shop });
    expect(to("https://line.me/R/ti/p/@nobody").kind).toBe("unknown");
  });

  it("opens a talk with a text", () => {
    expect(to("https://line.me/R/oaMessage/%40abc123/?%E4%BA%88%E7%B4%84")).toEqual({
      kind: "talk",
      channel: shop,
      text: "予約",
    });
  });

  it("survives broken escapes", () => {
    expect(to("https://line.me/R/oaMessage/%40abc123/?100%")).toMatchObject({ text: "100%" });
    expect(to("https://line.me/R/ti/p/%E4").kind).toBe("unknown");
  });

  it("calls", () => expect(to("tel:0312345678")).toEqual({ kind: "call", number: "0312345678" }));

  it.each(["line://nv/camera", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])(
    "%s is never opened",
    (url) => expect(to(url).kind).toBe("unknown"),
  );
});
