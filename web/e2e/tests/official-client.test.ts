/** LINE's own Node client against the simulator: a client that nobody here wrote agrees with it. */
import { randomUUID } from "node:crypto";
import { messagingApi, validateSignature, type webhook } from "@line/bot-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { png } from "../src/index.ts";
import { type Clients, openShop, refusal, type Shop } from "./shop.ts";

let shop: Shop;
let client: Clients["line"];
let blobs: Clients["blobs"];

beforeAll(async () => {
  shop = await openShop();
  ({ line: client, blobs } = await shop.clients());
});

afterAll(() => shop?.close());

const follow = (n: number) => shop.act("follow", n);

const nameOf = async (n: number) => (await shop.sim.get<{ name: string }>(`users/${n}`)).name;

describe("webhooks", () => {
  it("carry a signature that the official check accepts, and no other", async () => {
    await follow(1);
    const { received, event } = await shop.eventOf("follow", 1);
    expect(validateSignature(received.body, shop.sim.channelSecret, received.signature)).toBe(true);
    expect(validateSignature(`${received.body} `, shop.sim.channelSecret, received.signature)).toBe(
      false,
    );
    expect(validateSignature(received.body, "another secret", received.signature)).toBe(false);
    expect(event.replyToken).toMatch(/^\S+$/);
    expect(event.mode).toBe("active");
    expect(event.deliveryContext.isRedelivery).toBe(false);
    expect(event.webhookEventId).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it("name the account as destination", async () => {
    const info = await client.getBotInfo();
    const { received } = await shop.eventOf("follow", 1);
    expect((JSON.parse(received.body) as webhook.CallbackRequest).destination).toBe(info.userId);
  });
});

describe("sending", () => {
  it("replies once to a message", async () => {
    await follow(2);
    await shop.act("say", 2, { text: "営業時間は?" });
    const { event } = await shop.eventOf("message", 2);
    expect(event.message).toMatchObject({ type: "text", text: "営業時間は?" });
    const replyToken = event.replyToken ?? "";
    const reply = { replyToken, messages: [{ type: "text" as const, text: "10時からです。" }] };
    const { sentMessages } = await client.replyMessage(reply);
    expect(sentMessages).toHaveLength(1);
    expect(sentMessages[0]?.id).toMatch(/^\d+$/);
    expect(await shop.textsOf(2)).toEqual(["in 営業時間は?", "out 10時からです。"]);

    const again = await refusal(client.replyMessage(reply));
    expect(again.status).toBe(400);
    expect(again.body).toEqual({ message: "Invalid reply token" });
  });

  it("pushes once per retry key", async () => {
    await follow(3);
    const key = randomUUID();
    const push = {
      to: await shop.idOf(3),
      messages: [{ type: "text" as const, text: "一度だけ" }],
    };
    const first = await client.pushMessageWithHttpInfo(push, key);
    const requestId = first.httpResponse.headers.get("x-line-request-id");
    expect(requestId).toBeTruthy();
    const second = await refusal(client.pushMessage(push, key));
    expect(second.status).toBe(409);
    expect(second.headers.get("x-line-accepted-request-id")).toBe(requestId);
    expect(await shop.textsOf(3)).toEqual(["out 一度だけ"]);
  });

  it("multicasts to friends and silently passes over those who blocked", async () => {
    for (const n of [4, 5, 6]) await follow(n);
    await shop.act("block", 6);
    const messages = [
      { type: "text" as const, text: "お知らせ" },
      { type: "sticker" as const, packageId: "446", stickerId: "1988" },
    ];
    expect(
      await client.multicast({
        to: await Promise.all([4, 5, 6].map((n) => shop.idOf(n))),
        messages,
      }),
    ).toEqual({});
    expect(await shop.textsOf(4)).toEqual(["out お知らせ", "out sticker"]);
    expect(await shop.textsOf(5)).toEqual(["out お知らせ", "out sticker"]);
    expect(await shop.textsOf(6)).toEqual([]);
  });

  it("is told where a message is wrong", async () => {
    const tooLong = { type: "text" as const, text: "あ".repeat(5001) };
    const refused = await refusal(
      client.pushMessage({ to: await shop.idOf(3), messages: [tooLong] }),
    );
    expect(refused.status).toBe(400);
    const { body } = refused;
    expect(body.message).toBe("The request body has 1 error(s)");
    expect(body.details).toEqual([
      { message: "Length must be between 0 and 5000", property: "messages[0].text" },
    ]);
    expect((await refusal(client.validatePush({ messages: [] }))).status).toBe(400);
    expect(await client.validatePush({ messages: [{ type: "text", text: "ok" }] })).toEqual({});
  });

  it("is refused without a valid token", async () => {
    const stranger = new messagingApi.MessagingApiClient({
      channelAccessToken: "wrong",
      baseURL: shop.sim.url,
    });
    expect((await refusal(stranger.getBotInfo())).status).toBe(401);
  });

  it("is counted by recipient", async () => {
    const before = (await client.getMessageQuotaConsumption()).totalUsage;
    await client.pushMessage({
      to: await shop.idOf(3),
      messages: [1, 2, 3].map((n) => ({ type: "text" as const, text: `${n}` })),
    });
    expect((await client.getMessageQuotaConsumption()).totalUsage).toBe(before + 1);
    expect((await client.getMessageQuota()).type).toMatch(/^(none|limited)$/);
  });
});

describe("people", () => {
  it("have a profile while they are friends", async () => {
    await follow(7);
    const profile = await client.getProfile(await shop.idOf(7));
    expect(profile).toMatchObject({ userId: await shop.idOf(7), displayName: await nameOf(7) });
    await shop.act("block", 7);
    const gone = await refusal(client.getProfile(await shop.idOf(7)));
    expect(gone.status).toBe(404);
  });

  it("are listed page by page", async () => {
    const seen = new Set<string>();
    let start: string | undefined;
    do {
      const page = await client.getFollowers(start, 3);
      for (const id of page.userIds) {
        expect(seen.has(id)).toBe(false);
        seen.add(id);
      }
      start = page.next;
    } while (start);
    expect(seen.has(await shop.idOf(3))).toBe(true);
    expect(seen.has(await shop.idOf(7))).toBe(false);
  });

  it("send pictures that can be fetched until they are taken back", async () => {
    await follow(8);
    const bytes = png(4, 4, () => [200, 40, 40]);
    const image = { data_base64: bytes.toString("base64"), mime: "image/png" };
    await shop.act("say", 8, { image });
    const { event } = await shop.eventOf("message", 8);
    const parts: Buffer[] = [];
    for await (const part of await blobs.getMessageContent(event.message.id)) {
      parts.push(part as Buffer);
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);

    const message_id = event.message.id;
    await shop.act("unsend", 8, { message_id });
    expect((await shop.eventOf("unsend", 8)).event.unsend.messageId).toBe(message_id);
    expect((await refusal(blobs.getMessageContent(message_id))).status).toBe(410);
  });
});

describe("rich menus", () => {
  const menu = (name: string): messagingApi.RichMenuRequest => ({
    size: { width: 1200, height: 810 },
    selected: true,
    name,
    chatBarText: "メニュー",
    areas: [
      {
        bounds: { x: 0, y: 0, width: 600, height: 810 },
        action: { type: "postback", data: "left", displayText: "左", label: "左" },
      },
      {
        bounds: { x: 600, y: 0, width: 600, height: 810 },
        action: { type: "uri", uri: "https://example.com/", label: "右" },
      },
    ],
  });
  const picture = () =>
    new Blob([new Uint8Array(png(1200, 810, (x) => (x < 600 ? [240, 180, 60] : [60, 120, 200])))], {
      type: "image/png",
    });
  const shown = async (n: number) =>
    (
      await shop.sim.get<{
        rich_menu: { richMenuId?: string; name: string } | null;
        source: string | null;
      }>(`richmenu/${n}?channel_id=${shop.sim.channelId}`)
    ).rich_menu?.name;

  it("are made, drawn, set for all and for one, and tapped", async () => {
    await follow(9);
    await follow(10);
    const { richMenuId } = await client.createRichMenu(menu("みんな"));
    const early = await refusal(client.setDefaultRichMenu(richMenuId));
    expect(early.status).toBe(400);
    expect(early.body.message).toBe("must upload richmenu image before applying it to user");
    await blobs.setRichMenuImage(richMenuId, picture());
    await client.setDefaultRichMenu(richMenuId);
    expect((await client.getDefaultRichMenuId()).richMenuId).toBe(richMenuId);

    const own = await client.createRichMenu(menu("あなた"));
    await blobs.setRichMenuImage(own.richMenuId, picture());
    await client.linkRichMenuIdToUser(await shop.idOf(10), own.richMenuId);
    expect(await shown(9)).toBe("みんな");
    expect(await shown(10)).toBe("あなた");
    expect((await client.getRichMenuList()).richmenus.map((one) => one.name).sort()).toEqual(
      ["あなた", "みんな"].sort(),
    );

    await shop.act("tap", 9, { rich_menu: { area: 0 } });
    expect((await shop.eventOf("postback", 9)).event.postback).toMatchObject({ data: "left" });

    await client.unlinkRichMenuIdFromUser(await shop.idOf(10));
    expect(await shown(10)).toBe("みんな");
    await client.cancelDefaultRichMenu();
    expect((await refusal(client.getDefaultRichMenuId())).status).toBe(404);
  });

  it("have aliases", async () => {
    const { richMenuId } = await client.createRichMenu(menu("別名"));
    await blobs.setRichMenuImage(richMenuId, picture());
    await client.createRichMenuAlias({ richMenuAliasId: "alias-a", richMenuId });
    expect((await client.getRichMenuAlias("alias-a")).richMenuId).toBe(richMenuId);
    const twice = client.createRichMenuAlias({ richMenuAliasId: "alias-a", richMenuId });
    expect((await refusal(twice)).status).toBe(400);
    await client.deleteRichMenuAlias("alias-a");
    expect((await refusal(client.getRichMenuAlias("alias-a"))).status).toBe(404);
  });
});

describe("what a shop does besides", () => {
  it("shows that it is about to write, and that it has read", async () => {
    await follow(11);
    await shop.act("say", 11, { text: "います?" });
    const { event } = await shop.eventOf("message", 11);
    const chatId = await shop.idOf(11);
    await client.showLoadingAnimation({ chatId, loadingSeconds: 10 });
    const odd = await refusal(client.showLoadingAnimation({ chatId, loadingSeconds: 7 }));
    expect(odd.status).toBe(400);
    const markAsReadToken = (event.message as { markAsReadToken?: string }).markAsReadToken ?? "";
    await client.markMessagesAsReadByToken({ markAsReadToken });
    const [said] = await shop.messagesOf(11);
    expect(said).toMatchObject({ direction: "in", read_by_bot: true });
  });

  it("looks at and tests its webhook", async () => {
    const { endpoint, active } = await client.getWebhookEndpoint();
    expect({ endpoint, active }).toEqual({ endpoint: shop.hook.url, active: true });
    const tested = await client.testWebhookEndpoint({});
    expect(tested).toMatchObject({ success: true, statusCode: 200, reason: "OK" });
    await shop.hook.wait(({ body }) => body.includes('"events":[]'));
  });

  it("makes a coupon, sends it, closes it", async () => {
    await follow(12);
    const now = Date.now();
    const { couponId } = await client.createCoupon({
      title: "10%OFF",
      acquisitionCondition: { type: "normal" },
      maxUseCountPerTicket: 1,
      startTimestamp: Math.floor(now / 1000),
      endTimestamp: Math.floor(now / 1000) + 86_400,
      timezone: "ASIA_TOKYO",
      visibility: "UNLISTED",
      reward: { type: "discount", priceInfo: { type: "percentage", percentage: 10 } } as never,
    });
    await client.pushMessage({ to: await shop.idOf(12), messages: [{ type: "coupon", couponId }] });
    expect(await shop.textsOf(12)).toEqual(["out coupon"]);
    expect((await client.getCouponDetail(couponId)).title).toBe("10%OFF");
    await client.closeCoupon(couponId);
    expect((await refusal(client.closeCoupon(couponId))).status).toBe(410);
  });

  it("narrowcasts to an audience of its own making", async () => {
    const many = Array.from({ length: 60 }, (_, n) => n + 40);
    await shop.sim.post("follow", { users: many, channel_id: shop.sim.channelId, webhook: false });
    const { audiences } = await shop.clients();
    const ids = await Promise.all(many.map((n) => shop.idOf(n)));
    const { audienceGroupId = 0 } = await audiences.createAudienceGroup({
      description: "常連",
      audiences: ids.map((id) => ({ id })),
    });
    await until(async () => {
      const { audienceGroup } = await audiences.getAudienceData(audienceGroupId);
      return audienceGroup?.status === "READY";
    });
    const { httpResponse } = await client.narrowcastWithHttpInfo({
      messages: [{ type: "text", text: "常連さまへ" }],
      recipient: { type: "audience", audienceGroupId } as messagingApi.AudienceRecipient,
    });
    expect(httpResponse.status).toBe(202);
    const requestId = httpResponse.headers.get("x-line-request-id") ?? "";
    await until(async () => (await client.getNarrowcastProgress(requestId)).phase === "succeeded");
    expect((await client.getNarrowcastProgress(requestId)).successCount).toBe(60);
    expect(await shop.textsOf(41)).toEqual(["out 常連さまへ"]);
  });

  it("keeps LIFF apps on a login channel", async () => {
    const login = { channel_id: "2000000001", channel_secret: "login-secret" };
    await shop.sim.post("channels", { ...login, kind: "login", linked_bot: shop.sim.channelId });
    const { liff } = await shop.clients(login.channel_id, login.channel_secret);
    const { liffId } = await liff.addLIFFApp({
      view: { type: "full", url: "https://example.com/liff" },
    });
    expect((await liff.getAllLIFFApps()).apps).toMatchObject([{ liffId }]);
    await liff.deleteLIFFApp(liffId);
    expect((await refusal(liff.getAllLIFFApps())).status).toBe(404);
  });
});

/** Asks again until it is so; the test's own time limit ends a vain wait. */
async function until(so: () => Promise<boolean>) {
  while (!(await so())) await new Promise((next) => setTimeout(next, 250));
}

/** With `LINE_OPENAPI_DIR` set the simulator holds every call and answer against LINE's own description. */
it("every answer fits LINE's OpenAPI, and no rule of LINE was broken", async () => {
  const { enabled, checked, errors } = await shop.sim.get<{
    enabled: boolean;
    checked: number;
    errors: { direction: string; operation: string; path: string; problem: string }[];
  }>("conformance");
  expect(enabled).toBe(Boolean(process.env.LINE_OPENAPI_DIR));
  expect(checked > 0).toBe(enabled);
  expect(errors.filter((error) => error.direction === "answer")).toEqual([]);
  expect(await shop.sim.get("violations")).toEqual([]);
});
