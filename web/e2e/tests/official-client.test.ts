/** LINE's own Node client against the simulator: a client that nobody here wrote agrees with it. */
import { randomUUID } from "node:crypto";
import {
  channelAccessToken,
  HTTPFetchError,
  messagingApi,
  validateSignature,
  type webhook,
} from "@line/bot-sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  listenForWebhooks,
  png,
  type Received,
  type SimServer,
  startSim,
  type Webhook,
} from "../src/index.ts";

interface SimUser {
  n: number;
  name: string;
  ids: Record<string, string>;
}

interface Room {
  messages: {
    id: string;
    direction: string;
    kind: string;
    via?: string;
    message?: { type: string; text?: string };
  }[];
}

let hook: Webhook;
let sim: SimServer;
let client: messagingApi.MessagingApiClient;
let blobs: messagingApi.MessagingApiBlobClient;
let users: { n: number; name: string; id: string }[];

beforeAll(async () => {
  hook = await listenForWebhooks();
  sim = await startSim({ users: 20, webhook: hook.url });
  const listed = await sim.get<{ users: SimUser[] }>("users?limit=20");
  users = listed.users.map(({ n, name, ids }) => ({ n, name, id: Object.values(ids)[0] ?? "" }));
  const { access_token } = await new channelAccessToken.ChannelAccessTokenClient({
    baseURL: sim.url,
  }).issueStatelessChannelTokenByClientSecret(sim.channelId, sim.channelSecret);
  const config = { channelAccessToken: access_token, baseURL: sim.url };
  client = new messagingApi.MessagingApiClient(config);
  blobs = new messagingApi.MessagingApiBlobClient(config);
});

afterAll(async () => {
  await sim?.stop();
  await hook?.stop();
});

const user = (n: number) => {
  const found = users[n];
  if (!found) throw new Error(`no user ${n}`);
  return found;
};

const follow = (n: number) =>
  sim.post("follow", { user: n, channel_id: sim.channelId, wait: true });

async function messagesOf(n: number): Promise<Room["messages"]> {
  const { rooms } = await sim.get<{ rooms: Room[] }>(`rooms/${n}?channel_id=${sim.channelId}`);
  return (rooms[0]?.messages ?? []).filter((item) => item.kind === "message");
}

const textsOf = async (n: number) =>
  (await messagesOf(n)).map(
    (item) => `${item.direction} ${item.message?.text ?? item.message?.type}`,
  );

const eventsIn = (received: Received) =>
  (JSON.parse(received.body) as webhook.CallbackRequest).events;

/** The first event of this type by this user; past ones count too. */
async function eventOf<T extends webhook.Event["type"]>(type: T, n: number) {
  const { id } = user(n);
  const fits = (event: webhook.Event) =>
    event.type === type && event.source?.type === "user" && event.source.userId === id;
  const received = await hook.wait((one) => eventsIn(one).some(fits));
  const event = eventsIn(received).find(fits);
  return { received, event: event as Extract<webhook.Event, { type: T }> };
}

const refusal = async (wish: Promise<unknown>): Promise<HTTPFetchError> => {
  const error = await wish.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HTTPFetchError);
  return error as HTTPFetchError;
};

describe("webhooks", () => {
  it("carry a signature that the official check accepts, and no other", async () => {
    await follow(1);
    const { received, event } = await eventOf("follow", 1);
    expect(validateSignature(received.body, sim.channelSecret, received.signature)).toBe(true);
    expect(validateSignature(`${received.body} `, sim.channelSecret, received.signature)).toBe(
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
    const { received } = await eventOf("follow", 1);
    expect((JSON.parse(received.body) as webhook.CallbackRequest).destination).toBe(info.userId);
  });
});

describe("sending", () => {
  it("replies once to a message", async () => {
    await follow(2);
    await sim.post("say", { user: 2, channel_id: sim.channelId, text: "営業時間は?", wait: true });
    const { event } = await eventOf("message", 2);
    expect(event.message).toMatchObject({ type: "text", text: "営業時間は?" });
    const replyToken = event.replyToken ?? "";
    const reply = { replyToken, messages: [{ type: "text" as const, text: "10時からです。" }] };
    const { sentMessages } = await client.replyMessage(reply);
    expect(sentMessages).toHaveLength(1);
    expect(sentMessages[0]?.id).toMatch(/^\d+$/);
    expect(await textsOf(2)).toEqual(["in 営業時間は?", "out 10時からです。"]);

    const again = await refusal(client.replyMessage(reply));
    expect(again.status).toBe(400);
    expect(JSON.parse(again.body)).toEqual({ message: "Invalid reply token" });
  });

  it("pushes once per retry key", async () => {
    await follow(3);
    const key = randomUUID();
    const push = { to: user(3).id, messages: [{ type: "text" as const, text: "一度だけ" }] };
    const first = await client.pushMessageWithHttpInfo(push, key);
    const requestId = first.httpResponse.headers.get("x-line-request-id");
    expect(requestId).toBeTruthy();
    const second = await refusal(client.pushMessage(push, key));
    expect(second.status).toBe(409);
    expect(second.headers.get("x-line-accepted-request-id")).toBe(requestId);
    expect(await textsOf(3)).toEqual(["out 一度だけ"]);
  });

  it("multicasts to friends and silently passes over those who blocked", async () => {
    for (const n of [4, 5, 6]) await follow(n);
    await sim.post("block", { user: 6, channel_id: sim.channelId, wait: true });
    const messages = [
      { type: "text" as const, text: "お知らせ" },
      { type: "sticker" as const, packageId: "446", stickerId: "1988" },
    ];
    expect(await client.multicast({ to: [4, 5, 6].map((n) => user(n).id), messages })).toEqual({});
    expect(await textsOf(4)).toEqual(["out お知らせ", "out sticker"]);
    expect(await textsOf(5)).toEqual(["out お知らせ", "out sticker"]);
    expect(await textsOf(6)).toEqual([]);
  });

  it("is told where a message is wrong", async () => {
    const tooLong = { type: "text" as const, text: "あ".repeat(5001) };
    const refused = await refusal(client.pushMessage({ to: user(3).id, messages: [tooLong] }));
    expect(refused.status).toBe(400);
    const body = JSON.parse(refused.body) as { message: string; details: unknown };
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
      baseURL: sim.url,
    });
    expect((await refusal(stranger.getBotInfo())).status).toBe(401);
  });

  it("is counted by recipient", async () => {
    const before = (await client.getMessageQuotaConsumption()).totalUsage;
    await client.pushMessage({
      to: user(3).id,
      messages: [1, 2, 3].map((n) => ({ type: "text" as const, text: `${n}` })),
    });
    expect((await client.getMessageQuotaConsumption()).totalUsage).toBe(before + 1);
    expect((await client.getMessageQuota()).type).toMatch(/^(none|limited)$/);
  });
});

describe("people", () => {
  it("have a profile while they are friends", async () => {
    await follow(7);
    const profile = await client.getProfile(user(7).id);
    expect(profile).toMatchObject({ userId: user(7).id, displayName: user(7).name });
    await sim.post("block", { user: 7, channel_id: sim.channelId, wait: true });
    const gone = await refusal(client.getProfile(user(7).id));
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
    expect(seen.has(user(3).id)).toBe(true);
    expect(seen.has(user(7).id)).toBe(false);
  });

  it("send pictures that can be fetched until they are taken back", async () => {
    await follow(8);
    const bytes = png(4, 4, () => [200, 40, 40]);
    const image = { data_base64: bytes.toString("base64"), mime: "image/png" };
    await sim.post("say", { user: 8, channel_id: sim.channelId, image, wait: true });
    const { event } = await eventOf("message", 8);
    const parts: Buffer[] = [];
    for await (const part of await blobs.getMessageContent(event.message.id)) {
      parts.push(part as Buffer);
    }
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);

    const message_id = event.message.id;
    await sim.post("unsend", { user: 8, channel_id: sim.channelId, message_id, wait: true });
    expect((await eventOf("unsend", 8)).event.unsend.messageId).toBe(message_id);
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
      await sim.get<{
        rich_menu: { richMenuId?: string; name: string } | null;
        source: string | null;
      }>(`richmenu/${n}?channel_id=${sim.channelId}`)
    ).rich_menu?.name;

  it("are made, drawn, set for all and for one, and tapped", async () => {
    await follow(9);
    await follow(10);
    const { richMenuId } = await client.createRichMenu(menu("みんな"));
    const early = await refusal(client.setDefaultRichMenu(richMenuId));
    expect(early.status).toBe(400);
    expect((JSON.parse(early.body) as { message: string }).message).toBe(
      "must upload richmenu image before applying it to user",
    );
    await blobs.setRichMenuImage(richMenuId, picture());
    await client.setDefaultRichMenu(richMenuId);
    expect((await client.getDefaultRichMenuId()).richMenuId).toBe(richMenuId);

    const own = await client.createRichMenu(menu("あなた"));
    await blobs.setRichMenuImage(own.richMenuId, picture());
    await client.linkRichMenuIdToUser(user(10).id, own.richMenuId);
    expect(await shown(9)).toBe("みんな");
    expect(await shown(10)).toBe("あなた");
    expect((await client.getRichMenuList()).richmenus.map((one) => one.name).sort()).toEqual(
      ["あなた", "みんな"].sort(),
    );

    await sim.post("tap", {
      user: 9,
      channel_id: sim.channelId,
      rich_menu: { area: 0 },
      wait: true,
    });
    expect((await eventOf("postback", 9)).event.postback).toMatchObject({ data: "left" });

    await client.unlinkRichMenuIdFromUser(user(10).id);
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

it("the simulator saw no rule of LINE broken but those broken on purpose", async () => {
  const { violations } = await sim.get<{ violations: number }>("stats");
  const list = await sim.get<{ endpoint: string; rule: string }[]>("violations");
  expect(list).toHaveLength(violations);
});
