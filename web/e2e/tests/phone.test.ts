/** The phone page against the running simulator, by hand as a customer would. */
import type { messagingApi } from "@line/bot-sdk";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  axeProblems,
  openPage,
  png,
  type SimServer,
  servePage,
  shoot,
  startBrowser,
} from "../src/index.ts";
import { openShop, type Shop } from "./shop.ts";

let browser: Browser;
let shop: Shop;
let sim: SimServer;

const SHOP = "えにし珈琲";

beforeAll(async () => {
  [browser, shop] = await Promise.all([startBrowser(), openShop()]);
  sim = shop.sim;
  await sim.post("channels", { channel_id: sim.channelId, name: SHOP });
});

afterAll(async () => {
  await browser?.close();
  await shop?.close();
});

const room = (page: Page): Locator => page.getByRole("log");
const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });

const heard = (type: string) => shop.hook.wait(({ body }) => body.includes(`"type":"${type}"`));

describe.each(["wide", "phone"] as const)("the phone page, %s", (size) => {
  it("adds an account, talks, answers with a quick reply, blocks and returns", async () => {
    const n = await shop.stranger(`客 ${size}`);
    const { page, context, problems } = await openPage(browser, { size });
    await page.goto(`${sim.url}/#users=${n}`);

    await button(page, `${SHOP} 友だちに追加`).click();
    await room(page).getByText(`${SHOP}を友だちに追加しました`).waitFor();
    await heard("follow");

    await page.getByLabel("メッセージを入力").fill("こんにちは");
    await page.keyboard.press("Enter");
    await room(page).getByText("こんにちは", { exact: true }).waitFor();

    await shop.push(n, {
      type: "text",
      text: "ご用件をお選びください。",
      quickReply: {
        items: [
          { type: "action", action: { type: "message", label: "営業時間", text: "営業時間は?" } },
          {
            type: "action",
            action: { type: "postback", label: "予約", data: "reserve", displayText: "予約したい" },
          },
        ],
      },
    });
    await room(page).getByText("ご用件をお選びください。").waitFor();
    await shoot(page, `phone-room-${size}`);
    expect(await axeProblems(page)).toEqual([]);

    await button(page, "営業時間").click();
    await room(page).getByText("営業時間は?").waitFor();
    await button(page, "予約").waitFor({ state: "detached" });

    await button(page, "プロフィール").click();
    await shoot(page, `phone-profile-${size}`);
    await button(page, "ブロック").click();
    await heard("unfollow");
    await page.getByRole("dialog").getByRole("button", { name: "ブロック解除" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("このアカウントをブロックしています").waitFor();

    await button(page, "ブロック解除").click();
    await page.getByText("このアカウントをブロックしています").waitFor({ state: "detached" });
    await button(page, "戻る").click();
    await page.getByRole("heading", { name: "トーク" }).waitFor();
    await shoot(page, `phone-list-${size}`);
    expect(await axeProblems(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  it("sends stickers, pictures and places, and takes a message back", async () => {
    const n = await shop.stranger(`絵 ${size}`);
    await shop.act("follow", n);
    const { page, context, problems } = await openPage(browser, { size });
    await page.goto(`${sim.url}/#users=${n}`);
    await button(page, new RegExp(SHOP)).click();

    await button(page, "スタンプ").click();
    await button(page, "スタンプ 446/1989").click();
    await room(page).getByRole("img", { name: "スタンプ 446/1989" }).waitFor();
    await shoot(page, `phone-stickers-${size}`);
    await button(page, "スタンプ").first().click();

    const chosen = page.waitForEvent("filechooser");
    await button(page, "写真や位置情報を送る").click();
    await button(page, "写真・ファイル").click();
    await (await chosen).setFiles({
      name: "cup.png",
      mimeType: "image/png",
      buffer: png(320, 240, (x, y) => [x % 256, y, 120]),
    });
    await room(page).getByRole("button", { name: "写真" }).waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>(".lu-media img")].every(
        (i) => i.naturalWidth > 0,
      ),
    );

    await button(page, "写真や位置情報を送る").click();
    await button(page, "位置情報").click();
    await shoot(page, `phone-place-${size}`);
    await button(page, "この位置を送信").click();
    await room(page).getByText("東京駅").waitFor();

    await page.getByLabel("メッセージを入力").fill("まちがえた");
    await button(page, "送信").click();
    const wrong = room(page).locator(".lu-message", { hasText: "まちがえた" });
    await wrong.getByRole("button", { name: "メッセージのメニュー" }).click();
    await button(page, "送信取消").click();
    await room(page).getByText("メッセージの送信を取り消しました").waitFor();
    expect(await room(page).getByText("まちがえた").count()).toBe(0);
    await heard("unsend");

    await room(page).getByRole("button", { name: "写真" }).click();
    await page
      .getByRole("dialog")
      .getByRole("img")
      .or(page.getByRole("dialog").locator("img"))
      .first()
      .waitFor();
    await shoot(page, `phone-viewer-${size}`);
    expect(problems).toEqual([]);
    await context.close();
  });

  it("opens the rich menu, switches tabs, asks for a date, opens a page", async () => {
    const n = await shop.stranger(`案内 ${size}`);
    await shop.act("follow", n);
    const { page, context, problems } = await openPage(browser, { size });
    await page.goto(`${sim.url}/#users=${n}`);
    await button(page, new RegExp(SHOP)).click();
    await page.getByLabel("メッセージを入力").waitFor();

    const [first, second] = await tabs(size);
    const { line } = await shop.clients();
    await line.linkRichMenuIdToUser(await shop.idOf(n), first);
    await button(page, /^ご案内/).waitFor();
    await shoot(page, `phone-menu-${size}`);

    await button(page, "予約").click();
    await page
      .getByRole("dialog", { name: "日付を選ぶ" })
      .getByLabel("日付を選ぶ")
      .fill("2026-12-24");
    await shoot(page, `phone-picker-${size}`);
    await button(page, "決定").click();
    await shop.hook.wait(({ body }) => body.includes('"date":"2026-12-24"'));

    await button(page, "お知らせ").click();
    await button(page, /^二枚目/).waitFor();
    await shop.hook.wait(({ body }) => body.includes(`"newRichMenuAliasId":"b-${size}"`));
    expect(second).toBeTruthy();

    await button(page, "サイト").click();
    const frame = page.frameLocator("iframe");
    await frame.getByText('"phone_built":true').waitFor();
    await shoot(page, `phone-browser-${size}`);
    await button(page, "閉じる").click();

    await button(page, /^二枚目/).click();
    await button(page, "サイト").waitFor({ state: "detached" });
    await button(page, "キーボードに切り替え").click();
    await page.getByLabel("メッセージを入力").waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  it("runs the actions of flex, template and imagemap messages", async () => {
    const n = await shop.stranger(`操作 ${size}`);
    await shop.act("follow", n);
    await shop.push(
      n,
      {
        type: "flex",
        altText: "お知らせ",
        contents: {
          type: "bubble",
          body: {
            type: "box",
            layout: "vertical",
            contents: [
              {
                type: "button",
                action: {
                  type: "postback",
                  label: "取り置き",
                  data: "keep",
                  displayText: "取り置きして",
                },
              },
              {
                type: "button",
                action: { type: "clipboard", label: "コードをコピー", clipboardText: "ENISHI-10" },
              },
              {
                type: "button",
                action: {
                  type: "postback",
                  label: "書く",
                  data: "write",
                  inputOption: "openKeyboard",
                  fillInText: "住所: ",
                },
              },
            ],
          },
        },
      },
      {
        type: "template",
        altText: "確認",
        template: {
          type: "confirm",
          text: "よろしいですか",
          actions: [
            { type: "message", label: "はい", text: "はい、お願いします" },
            { type: "message", label: "いいえ", text: "いいえ" },
          ],
        },
      },
      {
        type: "imagemap",
        baseUrl: `${sim.url.replace("http:", "https:")}/map`,
        altText: "地図",
        baseSize: { width: 1040, height: 520 },
        actions: [
          {
            type: "message",
            text: "右側",
            label: "右",
            area: { x: 520, y: 0, width: 520, height: 520 },
          },
        ],
      },
    );
    const { page, context } = await openPage(browser, { size });
    await page.goto(`${sim.url}/#users=${n}`);
    await button(page, new RegExp(SHOP)).click();

    await button(page, "取り置き").click();
    await room(page).getByText("取り置きして").waitFor();
    await shop.hook.wait(({ body }) => body.includes('"data":"keep"'));

    await button(page, "コードをコピー").click();
    await page.getByText("コピーしました").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("ENISHI-10");

    await button(page, "書く").click();
    await page.waitForFunction(
      () =>
        document.querySelector<HTMLTextAreaElement>(".ph-composer textarea")?.value === "住所: ",
    );

    await button(page, "はい").click();
    await room(page).getByText("はい、お願いします").waitFor();
    await button(page, "右").click();
    await room(page).getByText("右側").waitFor();
    await shoot(page, `phone-actions-${size}`);
    await context.close();
  });
});

describe("the page around the phones", () => {
  it("chooses and makes people, holds several phones, speaks English", async () => {
    const { page, context, problems } = await openPage(browser);
    await page.goto(`${sim.url}/#users=0`);
    await button(page, /^顧客を選ぶ/).click();
    await shoot(page, "phone-people-wide");
    await page.getByLabel("新しい顧客の名前").fill("縁 結子");
    await button(page, "作成").click();
    await button(page, "顧客を選ぶ: 縁 結子").waitFor();

    await button(page, "スマートフォンを増やす").click();
    await page
      .getByRole("region", { name: /^スマートフォン/ })
      .nth(1)
      .waitFor();
    await button(page, /^顧客を選ぶ/)
      .first()
      .click();
    await page.getByLabel("名前、番号、U…で検索").fill("縁 結子");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /縁 結子/ })
      .waitFor();
    await page.keyboard.press("Escape");

    await button(page, "English").click();
    await button(page, "+30 days").waitFor();
    expect(page.url()).toContain("lang=en");
    await page.reload();
    await button(page, "+30 days").waitFor();
    expect(await page.getByRole("region", { name: /^Phone/ }).count()).toBe(2);
    await shoot(page, "phone-two-wide");
    expect(await axeProblems(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });

  it("moves the clock", async () => {
    const { page, context } = await openPage(browser);
    await page.goto(sim.url);
    const clock = page.getByRole("region", { name: "シミュレーターの時計" });
    await clock.getByRole("button", { name: "時計を止める" }).click();
    await clock.getByText("停止中").waitFor();
    const before = await sim.get<{ now_ms: number; flowing: boolean }>("clock");
    expect(before.flowing).toBe(false);
    await clock.getByRole("button", { name: "+1日" }).click();
    await page.waitForFunction(async (then) => {
      const answer = await fetch("/__sim/clock");
      return ((await answer.json()) as { now_ms: number }).now_ms === then;
    }, before.now_ms + 86_400_000);
    await clock.getByRole("button", { name: "時計を動かす" }).click();
    await clock.getByRole("button", { name: "時計を止める" }).waitFor();
    await context.close();
  });
});

describe("a live room", () => {
  it("shows that the shop is about to write, that it has read, and who speaks in a group", async () => {
    const [n, friend] = [await shop.stranger("見る人"), await shop.stranger("友だちの友だち")];
    await shop.act("follow", n);
    const { page, context, problems } = await openPage(browser, { size: "phone" });
    await page.goto(`${sim.url}/#users=${n}`);
    await button(page, new RegExp(SHOP)).click();
    await page.getByLabel("メッセージを入力").fill("いますか");
    await page.keyboard.press("Enter");
    const { event } = await shop.eventOf("message", n);

    const { line } = await shop.clients();
    await line.showLoadingAnimation({ chatId: await shop.idOf(n), loadingSeconds: 60 });
    await page.locator(".lu-writing").waitFor();
    const { markAsReadToken = "" } = event.message as { markAsReadToken?: string };
    await line.markMessagesAsReadByToken({ markAsReadToken });
    await room(page).getByText("既読").waitFor();
    await shoot(page, "phone-writing-phone");
    await shop.push(n, {
      type: "text",
      text: "はい、店長です",
      sender: { name: "店長 田中" },
    });
    await room(page).getByText("店長 田中").waitFor();
    await page.locator(".lu-writing").waitFor({ state: "detached" });
    await button(page, "戻る").click();

    const { group_id } = await sim.post<{ group_id: string }>("groups", {
      kind: "group",
      name: "珈琲部",
      members: [n, friend],
      channel_id: sim.channelId,
    });
    await sim.post("say", { user: friend, group_id, text: "はじめまして" });
    await button(page, /珈琲部/).click();
    await room(page).getByText("はじめまして").waitFor();
    await room(page).getByText("友だちの友だち", { exact: true }).waitFor();
    await page.getByLabel("メッセージを入力").fill("よろしく");
    await page.keyboard.press("Enter");
    await room(page).locator(".lu-message--me", { hasText: "よろしく" }).waitFor();
    await shoot(page, "phone-group-phone");
    expect(await axeProblems(page)).toEqual([]);
    expect(problems).toEqual([]);
    await context.close();
  });
});

describe("a LIFF link", () => {
  it("opens in the in-app browser as this person, and the page closes itself", async () => {
    const n = await shop.stranger("理布 太郎");
    await shop.act("follow", n);
    // The app's id is given when its address is registered, and the page has to know it.
    let liffId = "";
    const pages = await servePage(
      () => `<!doctype html><html lang="ja"><title>会員証</title>
        <script src="${sim.url}/liff/edge/2/sdk.js"></script>
        <p id="name"></p><button onclick="liff.closeWindow()">とじる</button>
        <script>
          const show = (text) => { document.getElementById("name").textContent = text; };
          liff.init({ liffId: "${liffId}" })
            .then(() => liff.getProfile())
            .then((profile) => show(profile.displayName + location.search), (error) => show(String(error)));
        </script>`,
    );
    liffId = await liffApp(pages.url);
    await shop.push(n, {
      type: "template",
      altText: "会員証",
      template: {
        type: "buttons",
        text: "会員証",
        actions: [{ type: "uri", label: "開く", uri: `https://liff.line.me/${liffId}?shop=1` }],
      },
    });
    const { page, context } = await openPage(browser, { size: "phone" });
    await page.goto(`${sim.url}/#users=${n}`);
    await button(page, new RegExp(SHOP)).click();
    await button(page, "開く").click();
    const inside = page.frameLocator("iframe");
    await inside.getByText("理布 太郎?shop=1").waitFor();
    await shoot(page, "phone-liff-phone");
    await inside.getByRole("button", { name: "とじる" }).click();
    await page.locator("iframe").waitFor({ state: "detached" });
    await context.close();
    await pages.stop();
  });
});

/** A LIFF app of a login channel beside the account's. */
async function liffApp(url: string): Promise<string> {
  const login = { channel_id: "2000000001", channel_secret: "login-secret" };
  const { channels } = await sim.get<{ channels: { provider: string }[] }>("channels");
  const provider = channels[0]?.provider;
  await sim.post("channels", { ...login, kind: "login", provider, linked_bot: sim.channelId });
  const { liff } = await shop.clients(login.channel_id, login.channel_secret);
  const app = await liff.addLIFFApp({ view: { type: "full", url }, scope: ["profile", "openid"] });
  return app.liffId;
}

/** Two menus that switch to each other. */
async function tabs(size: string): Promise<[string, string]> {
  const { line, blobs } = await shop.clients();
  const area = (x: number, action: messagingApi.Action) => ({
    bounds: { x, y: 0, width: 400, height: 405 },
    action,
  });
  const menu = async (chatBarText: string, other: string, colour: [number, number, number]) => {
    const { richMenuId } = await line.createRichMenu({
      size: { width: 1200, height: 405 },
      selected: true,
      name: `${chatBarText} ${size}`,
      chatBarText,
      areas: [
        area(0, { type: "datetimepicker", label: "予約", data: "date", mode: "date" }),
        area(400, {
          type: "richmenuswitch",
          label: "お知らせ",
          richMenuAliasId: other,
          data: "tab",
        }),
        area(800, { type: "uri", label: "サイト", uri: `${sim.url}/__sim/info` }),
      ],
    });
    const picture = png(1200, 405, (x) => (x % 400 < 4 ? [255, 255, 255] : colour));
    await blobs.setRichMenuImage(
      richMenuId,
      new Blob([new Uint8Array(picture)], { type: "image/png" }),
    );
    return richMenuId;
  };
  const first = await menu("ご案内", `b-${size}`, [240, 180, 60]);
  const second = await menu("二枚目", `a-${size}`, [60, 120, 200]);
  await line.createRichMenuAlias({ richMenuAliasId: `a-${size}`, richMenuId: first });
  await line.createRichMenuAlias({ richMenuAliasId: `b-${size}`, richMenuId: second });
  return [first, second];
}
