/** はじめに: from the link the server prints to the first greeting, beside the tool the shop has today. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  axeProblems,
  listenForWebhooks,
  type Server,
  type SimServer,
  shoot,
  startBrowser,
  startServer,
  startSim,
  type Webhook,
} from "../src/index.ts";
import { button, dialog, noticed, patientPage, tryLogin } from "./clerk.ts";
import { shootFailed } from "./looking.ts";
import { morning, SHOP } from "./stage.ts";

const OWNER = { email: "hanako@example.com", password: "kohi-no-kaori-1" };
const CHANNEL = { channelId: "1650000077", channelSecret: "0123456789abcdef0123456789abcdef" };
const LOGIN = { same: "2000000001", other: "2000000002", secret: "login-secret" };

let browser: Browser;
let sim: SimServer;
let server: Server;
/** What the shop uses today. */
let old: Webhook;
let admin: Page;
let phone: Page;
let problems: string[];
let customer: number;

beforeAll(async () => {
  old = await listenForWebhooks();
  [browser, sim] = await Promise.all([
    startBrowser(),
    startSim({ users: 3, friends: 3, ...CHANNEL, webhook: old.url }),
  ]);
  await sim.post("channels", { channel_id: sim.channelId, name: SHOP, verified: false });
  for (const [id, provider] of [
    [LOGIN.same, undefined],
    [LOGIN.other, "べつの会社"],
  ])
    await sim.post("channels", {
      channel_id: id,
      channel_secret: LOGIN.secret,
      kind: "login",
      name: "会員証",
      ...(provider ? { provider } : {}),
    });
  ({ first: customer } = await sim.post<{ first: number }>("users", { name: "山田 花子" }));
  await morning(sim);
  server = await startServer({ line: sim.url });
  ({ page: admin, problems } = await patientPage(browser, "wide"));
  ({ page: phone } = await patientPage(browser, "phone"));
  await phone.goto(`${sim.url}/#users=${customer}`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await sim?.stop();
  await old?.stop();
});

shootFailed(() => ({ admin }));

const main = () => admin.getByRole("main");
const webhook = async () => {
  const { channels } = await sim.get<{ channels: { channel_id: string; webhook: string }[] }>(
    "channels",
  );
  return channels.find(({ channel_id }) => channel_id === sim.channelId)?.webhook ?? "";
};
const step = (name: string) => main().getByRole("button", { name: new RegExp(name) });
const choose = (way: string) => main().getByRole("radio", { name: way, exact: true }).check();
/** A customer writes, on the phone page. */
async function writes(text: string) {
  await sim.post("say", { user: customer, channel_id: sim.channelId, text, wait: true });
}
const oldHeard = (text: string) => old.received.filter(({ body }) => body.includes(text)).length;
async function look(name: string) {
  await shoot(admin, `connect-${name}`, "whole");
  const size = admin.viewportSize();
  await admin.setViewportSize({ width: 390, height: 844 });
  await shoot(admin, `connect-${name}-390`, "whole");
  if (size) await admin.setViewportSize(size);
  expect(await axeProblems(admin)).toEqual([]);
}

describe("a shop moves in, beside the tool it has", () => {
  it("lets the first owner in by the link, once", async () => {
    await admin.goto(`${server.url}/admin/`);
    await admin.getByRole("heading", { name: "はじめての設定" }).waitFor();
    await admin.getByLabel("設定コード").waitFor();
    await look("setup-code");
    await admin.goto("about:blank");
    await admin.goto(await server.setupLink());
    await admin.getByLabel("お店の名前").fill(SHOP);
    await admin.getByLabel("あなたのお名前").fill("店主 花子");
    await admin.getByLabel("メールアドレス").fill(OWNER.email);
    await admin.getByRole("textbox", { name: "パスワード" }).fill("hanako@example.com");
    await button(admin, "はじめる").click();
    await admin.getByText("パスワードは10文字以上").first().waitFor();
    problems.length = 0;
    await admin.getByRole("textbox", { name: "パスワード" }).fill(OWNER.password);
    await look("setup");
    await button(admin, "はじめる").click();
    await admin.getByText("まず、LINEアカウントを接続しましょう").waitFor();
    await look("start-empty");

    const { page: second } = await patientPage(browser, "wide");
    await second.goto(await server.setupLink());
    await second.getByText("このリンクは使えません").waitFor();
    expect(await axeProblems(second)).toEqual([]);
    await second.getByRole("link", { name: "ログインへ" }).click();
    await tryLogin(second, OWNER.email, OWNER.password);
    await second.getByText("まず、LINEアカウントを接続しましょう").waitFor();
    await second.context().close();
  });

  it("connects and changes nothing at LINE", async () => {
    await main().getByRole("link", { name: "LINEアカウントを接続" }).click();
    await admin.getByLabel("チャネルID").fill(CHANNEL.channelId);
    await admin.getByRole("textbox", { name: "チャネルシークレット" }).fill(CHANNEL.channelSecret);
    await look("form");
    await button(admin, "LINEに確かめて接続する").click();
    await admin.getByText(`「${SHOP}」を接続しました`).waitFor();
    await look("connected");
    expect(await webhook()).toBe(old.url);
    await main().getByRole("link", { name: "はじめにの一覧" }).click();
    await admin.getByRole("heading", { level: 1, name: "はじめに" }).waitFor();
    await main().getByText(old.url).waitFor();
    await look("start");
  });

  it("送信のみ leaves the webhook with the old tool", async () => {
    expect(await main().getByRole("radio", { name: "送信のみ" }).isChecked()).toBe(true);
    await button(admin, "この受信のしかたにする").click();
    await noticed(admin, "受信のしかたを変えました");
    await step("受信のしかたを選ぶ.*済み").waitFor();
    expect(await webhook()).toBe(old.url);
    await writes("いまのツールへ");
    expect(oldHeard("いまのツールへ")).toBe(1);
  });

  it("並走 hands everything on as it came", async () => {
    await step("受信のしかたを選ぶ").click();
    await choose("並走");
    await button(admin, "この受信のしかたにする").click();
    await dialog(admin).getByText(old.url).waitFor();
    await shoot(admin, "connect-parallel-ask");
    expect(await axeProblems(admin)).toEqual([]);
    await button(dialog(admin), "並走を始める").click();
    await button(admin, "元に戻す").waitFor();
    expect(await webhook()).toContain(`${server.url}/webhook/line/`);
    await writes("両方のツールへ");
    const { signature, body } = await old.wait(({ body }) => body.includes("両方のツールへ"));
    expect(body).toContain('"destination"');
    expect(signature).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    await look("parallel");
    await main().getByRole("link", { name: "転送の記録を見る" }).click();
    await main().getByText("届きました").first().waitFor();
    await look("forwards");
    await admin
      .getByRole("navigation", { name: "メインメニュー" })
      .getByRole("link", { name: "個別トーク" })
      .click();
    await admin.getByText("両方のツールへ").first().waitFor();
  });

  it("切替 takes it over, 元に戻す gives it back in one click", async () => {
    await admin.goto(`${server.url}/admin/start?step=reception`);
    await choose("切替");
    await button(admin, "この受信のしかたにする").click();
    await button(dialog(admin), "切り替える").click();
    await noticed(admin, "受信のしかたを変えました");
    await writes("切替のあと");
    expect(oldHeard("切替のあと")).toBe(0);
    await look("switched");
    await button(admin, "元に戻す").click();
    await noticed(admin, "元の受信先に戻しました");
    expect(await webhook()).toBe(old.url);
    await writes("おかえりなさい");
    expect(oldHeard("おかえりなさい")).toBe(1);
  });

  it("keeps who ticked off what LINE does not tell", async () => {
    await step("LINE側の設定を確かめる").click();
    await main().getByText("LINEに確認できる項目").waitFor();
    for (const item of [
      /あいさつメッセージ/,
      /応答メッセージ/,
      /Webhookの再送/,
      /プロフィール/,
      /VOOM/,
    ]) {
      await main().getByRole("checkbox", { name: item }).click();
      await expect.poll(() => main().getByRole("checkbox", { name: item }).isChecked()).toBe(true);
    }
    await main().getByText("店主 花子さんが確認").first().waitFor();
    await step("LINE側の設定を確かめる.*済み").waitFor();
    await look("line-side");
  });

  it("fetches friends where LINE lists them, and says so where not", async () => {
    await step("これまでの友だちを取り込む").click();
    await button(admin, "友だちを取り込む").click();
    await main().getByText("認証済アカウントとプレミアムアカウントだけです").waitFor();
    await look("friends-refused");
    await sim.post("channels", { channel_id: sim.channelId, verified: true });
    await button(admin, "もう一度取り込む").click();
    await main().getByText("人を取り込みました").waitFor();
    await look("friends-done");
  });

  it("prepares a greeting that nobody hears before it is switched on", async () => {
    await admin.goto(`${server.url}/admin/start?step=greeting`);
    await main().getByText("「送信のみ」では").waitFor();
    await step("受信のしかたを選ぶ").click();
    await choose("切替");
    await button(admin, "この受信のしかたにする").click();
    await button(dialog(admin), "切り替える").click();
    await button(admin, "元に戻す").waitFor();
    await step("最初のあいさつを用意する").click();
    await main().getByText("友だち追加ありがとうございます").first().waitFor();
    await look("greeting-write");
    await button(admin, "下書きを作る").click();
    await main().getByText("まだオンになっていない").waitFor();
    await look("greeting-draft");
    await sim.post("follow", { user: customer, channel_id: sim.channelId, wait: true });
    await button(admin, "あいさつをオンにする").click();
    await main().getByText("あいさつはオンです").waitFor();
    const { first } = await sim.post<{ first: number }>("users", { name: "佐藤 太郎" });
    await phone.goto(`${sim.url}/#users=${first}`);
    await phone.reload();
    await button(phone, `${SHOP} 友だちに追加`).click();
    await phone
      .getByRole("log")
      .getByText("佐藤 太郎さん、友だち追加ありがとうございます")
      .waitFor();
    await shoot(phone, "connect-greeted");
  });

  it("catches a provider that differs", async () => {
    await check(LOGIN.other);
    await main().getByText("プロバイダーがちがいます").waitFor();
    await look("provider-different");
    expect(admin.url()).not.toContain("code=");
    await admin.goto(`${server.url}/admin/`);
    await main().getByText("つぎ: プロバイダーを確かめる").waitFor();
    await look("home");
    await check(LOGIN.same);
    await main().getByText("同じプロバイダーです").waitFor();
    await look("provider-same");
  });

  it("shows the account's page, light and dark, and puts the list away", async () => {
    await main().getByRole("link", { name: "アカウントの画面へ" }).click();
    await admin.getByRole("heading", { level: 1, name: SHOP }).waitFor();
    await main().getByText("チャネルIDとシークレットは正しく使えます").waitFor();
    await look("account");
    await admin.goto(`${server.url}/admin/start`);
    await main().getByText("準備がすべて済みました").waitFor();
    await admin.evaluate(() => localStorage.setItem("mantine-color-scheme-value", "dark"));
    await admin.reload();
    await main().getByText("準備がすべて済みました").waitFor();
    await look("start-dark");
    await button(admin, "この一覧をしまう").click();
    await main().getByText("ホームにはこの一覧を出していません。").waitFor();
    expect(problems).toEqual([]);
  });
});

/** Logs in with LINE as the customer, who is a friend of the account. */
async function check(login: string) {
  await admin.goto(`${server.url}/admin/start?step=provider`);
  await admin.getByLabel("LINEログインのチャネルID").fill(login);
  await admin
    .getByRole("textbox", { name: "LINEログインのチャネルシークレット" })
    .fill(LOGIN.secret);
  await main()
    .getByRole("checkbox", { name: /の友だちです/ })
    .check();
  if (login === LOGIN.other) await look("provider-form");
  expect(problems).toEqual([]);
  await button(admin, "LINEでログインして確かめる").click();
  await admin.getByRole("link", { name: /山田 花子/ }).click();
  await button(admin, "許可する").click();
  await admin.getByRole("heading", { level: 1, name: "プロバイダーの確認" }).waitFor();
  // LINE's own pages are not ours to judge.
  problems.length = 0;
}
