/** Scenarios, auto replies and greetings: drawn, tried, published, and seen on the customer's phone. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, type Server, type SimServer, shoot, startBrowser } from "../src/index.ts";
import { begin, button, dialog, friend, noticed, open, patientPage, pick } from "./clerk.ts";
import { shootFailed } from "./looking.ts";
import { deleteMenu, makeMenu, showToAll } from "./menus.ts";
import { connect, enter, type House, OWNER, openHouse, SHOP } from "./stage.ts";

const CUSTOMER = "山田 花子";
const MATE = { email: "mate@example.com", password: "kohi-no-kaori-2", role: "marketer" } as const;
const DAY = 86_400_000;
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 900 };

let browser: Browser;
let house: House;
let sim: SimServer;
let server: Server;
let admin: Page;
let phone: Page;
let customer: number;
let problems: string[];
/** What axe found, page by page. */
const faults: string[] = [];

const room = () => phone.getByRole("log");
const canvas = () => admin.getByRole("region", { name: "シナリオの図" });
const card = (name: RegExp) =>
  canvas().locator("[data-step]").and(admin.getByRole("button", { name }));
const days = (n: number) => sim.post("clock", { advance_ms: n * DAY });

beforeAll(async () => {
  [browser, house] = await Promise.all([startBrowser(), openHouse({ more: [MATE] })]);
  ({ sim, server } = house);
  ({ first: customer } = await sim.post<{ first: number }>("users", { name: CUSTOMER }));
  ({ page: admin, problems } = await patientPage(browser, "wide"));
  ({ page: phone } = await patientPage(browser, "phone"));
  await phone.goto(`${sim.url}/#users=${customer}`);
  await enter(admin, server.url, OWNER);
  await connect(admin);
  // Chromium itself reports that nobody was logged in yet.
  problems.length = 0;
});

afterAll(async () => {
  await browser?.close();
  await house?.close();
});

shootFailed(() => ({ admin, phone }));

/** Each step stands on the ones before it. */
describe("scenarios, auto replies and greetings", () => {
  it("greets, with words from a preset, and says what LINE's own page must be", async () => {
    await open(admin, "あいさつメッセージ");
    await admin.getByText("「あいさつメッセージ」はオフにしてください").waitFor();
    await see("greetings-empty");
    const first = admin.getByRole("region", { name: "はじめて友だち追加した人へ" });
    await button(first, "ひな形を入れる").click();
    await admin.getByRole("menuitem", { name: "ていねいなごあいさつ" }).click();
    await button(first, "保存して送り始める").click();
    await noticed(admin, "あいさつを保存しました");
    await first.getByText("送っています").waitFor();
    const back = admin.getByRole("region", { name: "ブロックを解除して戻ってきた人へ" });
    await button(back, "ひな形を入れる").click();
    await admin.getByRole("menuitem", { name: "おかえりなさい" }).click();
    await button(back, "保存して送り始める").click();
    await back.getByText("送っています").waitFor();
    await see("greetings");
    await button(phone, `${SHOP} 友だちに追加`).click();
    await room().getByText(`${CUSTOMER}さん、友だち追加ありがとうございます。`).waitFor();
    expect(await room().getByText("おかえりなさい").count()).toBe(0);
  });

  it("says beforehand which greeting arrives, as the friend will see it, and why the other does not", async () => {
    const box = admin.getByRole("region", { name: "試してみる" });
    await button(box, "確かめる").click();
    await box.getByText("「あいさつ(はじめて)」が届きます").waitFor();
    await box.getByText("ブロックを解除して戻ってきた人へのあいさつです。").waitFor();
    await pick(box, "だれの場合で見るか(任意)", friend(CUSTOMER));
    expect(await box.getByRole("status").count()).toBe(0);
    await button(box, "確かめる").click();
    await box.getByText(`${CUSTOMER}さん、友だち追加ありがとうございます。`).waitFor();
    await see("greetings-try");
    await box.getByText("ブロック解除で戻る", { exact: true }).click();
    await button(box, "確かめる").click();
    await box.getByText("「あいさつ(ブロック解除後)」が届きます").waitFor();
    await box.getByText(`${CUSTOMER}さん、おかえりなさい。`).waitFor();
    // What is true of it is true of the talk.
    const back = admin.getByRole("region", { name: "ブロックを解除して戻ってきた人へ" });
    await back.getByRole("switch").press("Space");
    await back.getByText("止めています").waitFor();
    await button(box, "確かめる").click();
    await box.getByText("どのあいさつも届きません").waitFor();
    await box.getByText("止めているので、届きません。").waitFor();
    await see("greetings-try-nobody");
  });

  it("makes a draft of a preset, with its templates", async () => {
    await open(admin, "シナリオ配信");
    await begin(admin, "ひな形から選ぶ");
    await see("presets");
    await button(admin, "中身を見る: クリックした人へ続き").click();
    await dialog(admin).getByLabel("ご案内するページのURL").fill("https://shop.example.com/new");
    await shoot(admin, "flows-preset");
    await fair();
    await button(dialog(admin), "この内容で下書きを作る").click();
    await admin.waitForURL(/journeys\/[0-9a-f-]{36}/);
    // It branches: on a desk the drawing stands first.
    await card(/ステップ2 待つ/).waitFor();
    await canvas().getByText("起きなかったとき").waitFor();
    await see("canvas");
  });

  it("is drawn with the keyboard: moved over, opened, copied, removed, undone", async () => {
    await card(/^開始のきっかけ/).focus();
    await admin.keyboard.press("ArrowDown");
    await expect.poll(focused).toMatch(/ステップ1 メッセージ/);
    await admin.keyboard.press("ArrowDown");
    await expect.poll(focused).toMatch(/ステップ2 待つ/);
    await admin.keyboard.press("Enter");
    await dialog(admin).getByRole("combobox", { name: "起きなかったとき" }).waitFor();
    await shoot(admin, "flows-canvas-open");
    await admin.keyboard.press("Escape");
    await expect.poll(focused).toMatch(/ステップ2 待つ/);
    await admin.keyboard.press("Control+d");
    await expect.poll(() => card(/^ステップ\d 待つ/).count()).toBe(2);
    await admin.keyboard.press("Control+z");
    await expect.poll(() => card(/^ステップ\d 待つ/).count()).toBe(1);
    await card(/^ステップ1 メッセージ/).focus();
    await admin.keyboard.press("Delete");
    await expect.poll(() => card(/^ステップ1 待つ/).count()).toBe(1);
    await button(canvas(), "元に戻す").click();
    await card(/^ステップ1 メッセージ/).waitFor();
    await card(/^ステップ1 メッセージ/).focus();
    await admin.keyboard.press("Shift+?");
    await dialog(admin).getByText("すぐ後ろにステップを足す").waitFor();
    await shoot(admin, "flows-canvas-keys");
    await admin.keyboard.press("Escape");
  });

  it("takes a new step on a way, says what is wrong at its card, and the list shows the same draft", async () => {
    await button(canvas(), /^ステップ4 メッセージと終わりのあいだ/).click();
    await button(dialog(admin), /^待つ/).click();
    await expect.poll(focused).toMatch(/ステップ5 待つ/);
    await button(canvas(), /^ステップ5 待つと終わりのあいだ/).click();
    await button(dialog(admin), /^メッセージ/).click();
    await canvas().getByText("送るテンプレートを選んでください。").waitFor();
    await shoot(admin, "flows-canvas-problem");
    await admin.getByText("リスト", { exact: true }).click();
    const list = admin.getByRole("region", { name: "ステップ" });
    await list.getByText("ステップ6 メッセージ").waitFor();
    await list.getByRole("button", { name: /^ステップ6 メッセージ/ }).click();
    await pick(list, "送るテンプレート", "クリックした人へ続き 3通目");
    await see("list");
    await button(admin, "下書きを保存").click();
    await noticed(admin, "保存しました");
  });

  it("tries it for a friend, with dates and messages as LINE draws them", async () => {
    await pick(admin, "だれの場合で見るか(任意)", friend(CUSTOMER));
    await button(admin, "確かめる").click();
    await admin.getByText(`${CUSTOMER}さん、新しいご案内です。`).waitFor();
    await see("dry-run");
  });

  it("is published, and goes on as the customer does", async () => {
    await button(admin, "公開する").click();
    await dialog(admin).getByText("これから始まる人").waitFor();
    await shoot(admin, "flows-publish");
    await button(dialog(admin), "公開する").click();
    await admin.getByText("公開中").first().waitFor();
    await button(admin, "手動で開始").click();
    await pick(dialog(admin), "友だち", friend(CUSTOMER));
    await admin.keyboard.press("Escape");
    if ((await dialog(admin).count()) === 0) await button(admin, "手動で開始").click();
    await button(dialog(admin), "1人を開始する").click();
    await room().getByText(`${CUSTOMER}さん、新しいご案内です。`).waitFor();
    await days(3);
    await room().getByText("先日のご案内の要点です").first().waitFor();
    await days(1);
    await admin.getByText("結果", { exact: true }).click();
    const row = admin.getByRole("row").filter({ hasText: "ステップ1 メッセージ" });
    await row.getByText("1人", { exact: true }).waitFor();
    await see("results");
  });

  it("says what a change changes before it is published, and brings back what was", async () => {
    await admin.getByText("リスト", { exact: true }).click();
    const list = admin.getByRole("region", { name: "ステップ" });
    await button(list, "ステップ6を消す").click();
    await button(admin, "下書きを保存").click();
    await noticed(admin, "保存しました");
    await button(admin, "公開する").click();
    await dialog(admin).getByText("公開中(第1版)との違い").waitFor();
    await dialog(admin)
      .getByText(/ステップ6: 「クリックした人へ続き 3通目」を送る/)
      .waitFor();
    await shoot(admin, "flows-publish-diff");
    await fair();
    await button(dialog(admin), "公開する").click();
    await noticed(admin, "公開しました");
    await admin.getByText("公開の履歴", { exact: true }).click();
    await admin.getByText("第2版").waitFor();
    await button(admin, "いまの下書きと比べる").last().click();
    await button(admin, "この版の内容を下書きに戻す").click();
    await button(dialog(admin), "この版の内容を下書きに戻す").click();
    await see("versions");
    await admin.getByText("リスト", { exact: true }).click();
    await list.getByText("ステップ6 メッセージ").waitFor();
    await button(admin, "元に戻す").click();
    expect(await list.getByText("ステップ6 メッセージ").count()).toBe(0);
  });

  it("lets nobody write over a colleague: both are kept", async () => {
    const url = admin.url().replace(/\?.*/, "?view=list");
    const { page: mate } = await patientPage(browser, "wide");
    await enter(mate, server.url, MATE);
    await mate.goto(url);
    await admin.goto(url);
    await admin.getByRole("textbox", { name: "名前" }).fill("自分の名前");
    await mate.getByRole("textbox", { name: "名前" }).fill("同僚の名前");
    await button(mate, "下書きを保存").click();
    await noticed(mate, "保存しました");
    await admin
      .getByText(/に保存しました$/)
      .first()
      .waitFor();
    await button(admin, "違いを見る").click();
    await see("conflict");
    await button(admin, "自分の内容で保存する").click();
    await noticed(admin, "相手の内容を別の下書きとして残しました");
    await admin.getByRole("heading", { level: 1, name: "自分の名前" }).waitFor();
    await open(admin, "シナリオ配信");
    await admin.getByRole("link", { name: /^同僚の名前/ }).waitFor();
    await see("journeys");
    await mate.context().close();
  });

  it("tries an auto reply while it is written, and warns of one that never answers", async () => {
    await writeRule("予約", "予約", "クリックした人へ続き 2通目");
    await open(admin, "自動応答");
    await admin.getByRole("main").getByRole("link", { name: "自動応答を作る" }).click();
    await admin.getByRole("textbox", { name: "名前" }).fill("予約の変更");
    await keyword("予約変更");
    await pick(admin, "メッセージを送る", "クリックした人へ続き 2通目");
    await admin.getByLabel("お客さまのメッセージ").fill("予約変更したい");
    await admin.getByLabel("お客さまのメッセージ").press("Enter");
    await admin.getByText("先に「予約」が必ず応答するため").waitFor();
    await admin.getByText("「予約」が応答します", { exact: true }).waitFor();
    await admin.getByRole("log").getByText("ご覧いただきありがとうございます。").waitFor();
    await see("rule");
    await button(admin, "保存する").click();
    await admin.getByText("応答しません", { exact: true }).waitFor();
    await see("rules");
    // With the keyboard: the more exact rule comes first.
    await button(admin, /^「予約の変更」をつかんで/).press("ArrowUp");
    await expect
      .poll(() =>
        admin.getByRole("list", { name: "自動応答" }).getByRole("listitem").nth(1).textContent(),
      )
      .not.toContain("予約の変更");
    await admin.getByText("応答しません", { exact: true }).waitFor({ state: "detached" });
  });

  it("never sends while words are still being composed", async () => {
    const box = admin.getByLabel("お客さまのメッセージ");
    const asked: string[] = [];
    admin.on("request", (request) => {
      if (request.url().endsWith("/rules/try")) asked.push(request.postData() ?? "");
    });
    await box.fill("よやく");
    await box.dispatchEvent("keydown", {
      key: "Enter",
      code: "Enter",
      isComposing: true,
      keyCode: 229,
    });
    await box.fill("予約");
    const answered = admin.waitForResponse((one) => one.url().endsWith("/rules/try"));
    await box.press("Enter");
    expect((await answered).ok()).toBe(true);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain("予約");
  });

  it("switches the rich menu by its name, and says when LINE has it no more", async () => {
    await showToAll(sim, await makeMenu(sim, "みんなのメニュー", "メニューを開く"));
    const menu = await makeMenu(sim, "会員さま向け", "会員メニュー");
    await phone.reload();
    await button(phone, new RegExp(`^${SHOP}`)).click();
    await button(phone, /^メニューを開く/).waitFor();
    await open(admin, "自動応答");
    await admin.getByRole("main").getByRole("link", { name: "自動応答を作る" }).first().click();
    await admin.getByRole("textbox", { name: "名前" }).fill("会員メニュー");
    await keyword("会員です");
    await button(admin, "1番目のアクションを消す").click();
    await button(admin, "アクションを足す").click();
    await admin.getByRole("menuitem", { name: "リッチメニューを切り替える" }).click();
    await button(admin, "保存する").click();
    await noticed(admin, "「何をする」で、まだ選んでいない項目があります。");
    const field = admin.getByRole("combobox", { name: "リッチメニューを切り替える" });
    await field.click();
    await admin.getByRole("option", { name: /みんなのメニュー.*既定/ }).waitFor();
    await admin.getByText("いまの既定: みんなのメニュー").waitFor();
    await see("menu-choose");
    await admin.getByRole("option", { name: /会員さま向け/ }).click();
    await see("menu-chosen");
    await button(admin, "保存する").click();
    await admin.getByText("リッチメニューを「会員さま向け」に切り替える").waitFor();
    await see("menu-rules");
    await sim.post("say", { user: customer, channel_id: sim.channelId, text: "会員です" });
    await button(phone, /^会員メニュー/).waitFor();
    await shoot(phone, "flows-menu-customer");

    await admin.getByRole("link", { name: "会員メニュー", exact: true }).click();
    await deleteMenu(sim, menu);
    await button(admin, "LINEでもう一度確認する").click();
    await admin.getByText("このメニューはLINEで消されたか").waitFor();
    await expect.poll(() => field.inputValue()).toBe("LINEに見つからないメニュー");
    await see("menu-gone");
  });

  it("can be used by everybody", () => {
    expect(faults).toEqual([]);
    expect(problems).toEqual([]);
  });
});

const fair = async () => void faults.push(...(await axeProblems(admin)));

/** Looked at by people on a desk and on a phone, light and dark, and by axe. */
async function see(name: string) {
  await shoot(admin, `flows-${name}`, "whole");
  faults.push(...(await axeProblems(admin)).map((fault) => `${name}: ${fault}`));
  await admin.setViewportSize(PHONE);
  await shoot(admin, `flows-${name}-phone`, "whole");
  await admin.setViewportSize(DESK);
}

const focused = () =>
  admin.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

async function keyword(word: string) {
  const words = admin.getByRole("combobox", { name: "キーワード" });
  await words.fill(word);
  await words.press("Enter");
}

async function writeRule(name: string, word: string, template: string) {
  await open(admin, "自動応答");
  await admin.getByRole("main").getByRole("link", { name: "自動応答を作る" }).first().click();
  await admin.getByRole("textbox", { name: "名前" }).fill(name);
  await keyword(word);
  await pick(admin, "メッセージを送る", template);
  await button(admin, "保存する").click();
  await admin.getByRole("link", { name, exact: true }).waitFor();
}
