/** 一斉配信 that cannot go wrong: checked, approved by a second person on a phone, followed up. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, type Server, type SimServer, shoot, startBrowser } from "../src/index.ts";
import { call } from "./api.ts";
import {
  begin,
  button,
  dialog,
  goOn,
  noticed,
  open,
  patientPage,
  step,
  tryLogin,
} from "./clerk.ts";
import { look, shootFailed } from "./looking.ts";
import { connect, enter, type House, OWNER, openHouse, SHOP } from "./stage.ts";

const CUSTOMER = "山田 花子";
const SECOND = {
  email: "second@example.com",
  password: "mou-hitori-no-me-1",
  role: "marketer",
} as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEKDAYS = "日月火水木金土";

let browser: Browser;
let house: House;
let sim: SimServer;
let server: Server;
let maker: Page;
let second: Page;
let phone: Page;
let customer: number;

const room = () => phone.getByRole("log");
const checks = (page: Page) => page.getByRole("region", { name: "内容の確認" });

beforeAll(async () => {
  [browser, house] = await Promise.all([startBrowser(), openHouse({ more: [SECOND], users: 24 })]);
  ({ sim, server } = house);
  ({ first: customer } = await sim.post<{ first: number }>("users", { name: CUSTOMER }));
  ({ page: maker } = await patientPage(browser, "wide"));
  ({ page: second } = await patientPage(browser, "phone"));
  ({ page: phone } = await patientPage(browser, "phone"));
  await phone.goto(`${sim.url}/#users=${customer}`);
  await enter(maker, server.url, OWNER);
  await connect(maker);
  for (let user = 0; user <= customer; user++)
    await sim.post("follow", { user, channel_id: sim.channelId, wait: true });
  await maker.reload();
});

afterAll(async () => {
  await browser?.close();
  await house?.close();
});

shootFailed(() => ({ maker, second, phone }));

describe("a broadcast that cannot go wrong", () => {
  it("is bound to rules that an owner sets", async () => {
    await open(maker, "配信ルール");
    const rules = maker.getByRole("region", { name: "誤配信を防ぐ" });
    await rules.getByRole("radio", { name: "いつも" }).click();
    await rules.getByRole("combobox", { name: "お店のドメイン" }).fill("https://shop.example/");
    await maker.keyboard.press("Enter");
    await button(rules, "誤配信の設定を保存する").click();
    await noticed(maker, "保存しました");
    await rules.getByText("shop.example", { exact: true }).waitFor();
    await look(maker, "broadcast-rules");
  });

  it("is checked like by a careful colleague", async () => {
    const { now_ms } = await sim.get<{ now_ms: number }>("clock");
    const day = new Date(now_ms + 3 * DAY + 9 * HOUR);
    const wrong = WEEKDAYS[(day.getUTCDay() + 1) % 7];
    const date = `${day.getUTCMonth() + 1}月${day.getUTCDate()}日(${wrong})`;
    await compose(
      "新豆のお知らせ",
      `【テスト】{{name|お客様}}さん、新豆は${date}から。 https://127.0.0.1/sale`,
    );
    const found = checks(maker);
    await found.getByText(`「${date}」は${WEEKDAYS[day.getUTCDay()]}曜日です。`).waitFor();
    await found.getByText("「【テスト】」が残っています。").waitFor();
    await found.getByText("お店のドメインではありません(127.0.0.1)").waitFor();
    await found.getByText("お客さまが開けないアドレスです").waitFor();
    await maker.getByText("くじで選んだ人に届く内容").first().waitFor();
    const drawn = maker.getByRole("radiogroup", { name: "くじで選んだ人に届く内容" });
    const before = await drawn.textContent();
    await button(maker, "別の3人").click();
    await expect.poll(() => drawn.textContent()).not.toBe(before);
    await look(maker, "broadcast-check-warned");
    await maker.emulateMedia({ colorScheme: "dark" });
    await look(maker, "broadcast-check-dark");
    await maker.emulateMedia({ colorScheme: "light" });
    expect(await button(maker, "承認を依頼する").isDisabled()).toBe(true);
    await found.getByRole("checkbox", { name: /確かめました/ }).click();
    expect(await button(maker, "承認を依頼する").isEnabled()).toBe(true);
  });

  it("asks a second person, who sends it back from a phone", async () => {
    await button(maker, "承認を依頼する").click();
    const link = maker.getByRole("textbox", { name: /このリンクを送ってください/ });
    await link.waitFor();
    await shoot(maker, "broadcast-asked", "whole");
    await maker.getByRole("button", { name: "承認を待っています" }).waitFor();
    // A link in a message: login leads back to it.
    await second.goto(await link.inputValue());
    await tryLogin(second, SECOND.email, SECOND.password);
    await second.getByText("内容を確かめて、承認か差し戻しを選んでください").waitFor();
    await checks(second).getByText("「【テスト】」が残っています。").waitFor();
    await look(second, "broadcast-approve-phone");
    await button(second, "差し戻す").click();
    await second.getByText("直してほしいところを書いてください。").first().waitFor();
    await second
      .getByRole("textbox", { name: "コメント" })
      .fill("曜日が違います。テストの文字も。");
    await button(second, "差し戻す").click();
    await noticed(second, "差し戻しました");
    await maker.getByText("曜日が違います。テストの文字も。").waitFor();
    await button(maker, /^お知らせ \d+件/).click();
    await maker.getByRole("link", { name: /が差し戻されました/ }).waitFor();
    await shoot(maker, "broadcast-returned-bell");
    await maker.keyboard.press("Escape");
    await look(maker, "broadcast-returned");
  });

  it("goes only after the second person's word on exactly this", async () => {
    await maker.getByRole("button", { name: "内容", exact: true }).click();
    await maker.getByLabel("本文").fill("{{name|お客様}}さん、新豆が入りました。");
    await goOn(maker, "日時", "確認");
    await checks(maker).getByText("問題なし").first().waitFor();
    await button(maker, "承認を依頼する").click();
    await maker.getByRole("textbox", { name: /このリンクを送ってください/ }).waitFor();
    // Without the link, too: the bell knows.
    await second.goto(`${server.url}/admin/`);
    await button(second, /^お知らせ \d+件/).click();
    await shoot(second, "broadcast-asked-bell-phone");
    await second.getByRole("link", { name: /の承認をお願いしています/ }).click();
    await button(second, "承認する").click();
    await noticed(second, "承認しました");
    await maker.getByText("さんが承認しました").waitFor();
    expect(await room().getByText("新豆が入りました").count()).toBe(0);
    await shoot(maker, "broadcast-approved", "whole");
    await button(maker, "25人に配信する").click();
    await button(dialog(maker), "配信する").click();
    await phone.getByText(SHOP, { exact: true }).first().click();
    await room().getByText(`${CUSTOMER}さん、新豆が入りました。`).waitFor();
    await maker.getByText("配信済み").first().waitFor();
  });

  it("shows what it brought, and what nobody reports yet", async () => {
    for (let user = 0; user <= customer; user++)
      await sim.post("read", { user, channel_id: sim.channelId });
    await sim.post("block", { user: 0, channel_id: sim.channelId, wait: true });
    await sim.post("clock", { advance_ms: 2 * HOUR });
    const result = maker.getByRole("region", { name: "配信結果" });
    await result.getByRole("row", { name: /^開封/ }).getByText("25人").waitFor();
    await result
      .getByRole("row", { name: /^ブロック/ })
      .getByText("24時間以内 1人")
      .waitFor();
    expect(await result.getByText("未連携", { exact: true }).count()).toBe(4);
    await look(maker, "broadcast-result");
  });

  it("is apologised for to exactly those who got it", async () => {
    await call(maker, "PUT", "settings/broadcasts", {});
    // The rules were changed past the page.
    await maker.reload();
    await sim.post("clock", { advance_ms: 7 * DAY });
    await compose("まちがい", "明日は半額です。", async () => {
      await maker.getByText("慎重に送る・くわしい設定").click();
      await maker.getByRole("switch", { name: "まず一部の人にだけ送る" }).click();
    });
    await button(maker, /人に配信する$/).click();
    await button(dialog(maker), "配信する").click();
    await maker.getByText("届いた人", { exact: true }).waitFor();
    await button(maker, "配信を中止する").click();
    await button(dialog(maker), "配信を中止する").click();
    const after = maker.getByRole("region", { name: "この配信のあとに" });
    const sorry = button(after, /^届いた\d+人だけにお詫びを書く$/);
    await after.getByRole("button", { name: /^届かなかった\d+人に送り直す$/ }).waitFor();
    await look(maker, "broadcast-cancelled");
    await sorry.click();
    await maker.getByRole("radio", { name: "前の配信が届いた人" }).waitFor();
    await goOn(maker, "内容");
    await maker.getByLabel("本文").fill("半額は来月の間違いでした。申し訳ございません。");
    await goOn(maker, "日時", "確認");
    // A stored draft's time is judged by the browser's clock, which the simulator's has overtaken.
    await button(maker, /^\d+人(に配信する|への配信を予約する)$/).click();
    await shoot(maker, "broadcast-sorry");
    await button(dialog(maker), /^(配信する|予約する)$/).click();
    const wronged = await said("明日は半額");
    expect(wronged.length).toBeGreaterThan(0);
    await expect.poll(() => said("申し訳ございません"), { timeout: 60_000 }).toEqual(wronged);
  });

  it("tells two people who edit one draft", async () => {
    const { items } = await call<{ items: { id: string }[] }>(maker, "GET", "templates");
    const channels = await call<{ items: { id: string }[] }>(maker, "GET", "channels");
    const draft = await call<{ id: string }>(maker, "POST", "broadcasts", {
      channel_id: channels.items[0]?.id,
      template_id: items[0]?.id,
      audience: { to: "all" },
      name: "ふたりで書く",
    });
    for (const page of [maker, second]) {
      await page.goto(`${server.url}/admin/broadcasts/new?draft=${draft.id}`);
      await page.getByLabel("配信の名前").waitFor();
    }
    await second.getByLabel("配信の名前").fill("ふたりめの名前");
    await goOn(second, "内容", "日時");
    await maker.getByLabel("配信の名前").fill("ひとりめの名前");
    await goOn(maker, "内容");
    await button(maker, "次へ").click();
    const conflict = maker.getByRole("alert").filter({ hasText: "先に変更しました" });
    await conflict.waitFor();
    await shoot(maker, "broadcast-conflict");
    expect(await axeProblems(maker)).toEqual([]);
    await button(conflict, "自分の内容で上書きする").click();
    await step(maker, "日時").waitFor({ state: "attached" });
    await goOn(maker, "確認");
    await checks(maker).waitFor();
    await open(maker, "一斉配信");
    await maker.getByRole("link", { name: "ひとりめの名前" }).waitFor();
    expect(await maker.getByRole("link", { name: "ふたりめの名前" }).count()).toBe(0);
  });

  it("is not sent with a coupon that will be over, or that nobody has", async () => {
    const { now_ms } = await sim.get<{ now_ms: number }>("clock");
    const { items } = await call<{ items: { id: string }[] }>(maker, "GET", "channels");
    await call(maker, "POST", `channels/${items[0]?.id}/coupons`, {
      title: "今日だけの割引",
      starts_at: now_ms - DAY,
      ends_at: now_ms + HOUR,
      gives: { kind: "percent", percent: 10 },
      uses: "once",
    });
    await maker.reload();
    await open(maker, "一斉配信");
    await begin(maker, "一斉配信を作る");
    await maker.getByLabel("配信の名前").fill("割引のお知らせ");
    await goOn(maker, "内容");
    await maker.getByText("いま書く", { exact: true }).click();
    await button(maker, "メッセージを書く").click();
    await maker.getByRole("menuitem", { name: /^クーポン/ }).click();
    await maker.getByRole("radio", { name: /今日だけの割引/ }).click();
    await goOn(maker, "日時");
    await maker.getByRole("radio", { name: "日時を決めて送る" }).click();
    const later = new Date(now_ms + 2 * DAY + 9 * HOUR).toISOString().slice(0, 16);
    await maker.getByLabel("配信日時").fill(later);
    await goOn(maker, "確認");
    const found = checks(maker);
    await found.getByText("に終わります。配信のときにはもう使えません。").waitFor();
    await look(maker, "broadcast-check-coupon");
    await maker.getByRole("button", { name: "内容", exact: true }).click();
    await maker.getByRole("textbox", { name: "クーポンID" }).fill("01NOBODYSCOUPON");
    await maker.getByText("LINEの一覧に見つかりません").waitFor();
    await goOn(maker, "日時", "確認");
    await found.getByText("このLINEアカウントに、このクーポン").waitFor();
    await found.getByText("送れません", { exact: true }).first().waitFor();
    await open(maker, "一斉配信");
  });

  it("is found in its list, and copied", async () => {
    await maker.getByText("終わったもの").click();
    await maker.getByRole("link", { name: "新豆のお知らせ" }).waitFor();
    expect(await maker.getByRole("link", { name: "ひとりめの名前" }).count()).toBe(0);
    await maker.getByRole("searchbox", { name: "名前で探す" }).fill("まちがい");
    await maker.getByRole("link", { name: "新豆のお知らせ" }).waitFor({ state: "detached" });
    await shoot(maker, "broadcast-list");
    expect(await axeProblems(maker)).toEqual([]);
    await button(maker, "まちがいのメニュー").click();
    await maker.getByRole("menuitem", { name: "コピー" }).click();
    expect(await maker.getByLabel("配信の名前").inputValue()).toBe("まちがいのコピー");
    await second.goto(`${server.url}/admin/broadcasts`);
    await second.getByRole("link", { name: "まちがいのコピー" }).waitFor();
    await shoot(second, "broadcast-list-phone");
    expect(await axeProblems(second)).toEqual([]);
    expect(await button(second, /停止$/).isVisible()).toBe(true);
  });
});

/** Up to the check, with words of its own. */
async function compose(name: string, text: string, careful?: () => Promise<void>) {
  await open(maker, "一斉配信");
  await begin(maker, "一斉配信を作る");
  await maker.getByLabel("配信の名前").fill(name);
  await goOn(maker, "内容");
  await maker.getByText("いま書く", { exact: true }).click();
  await button(maker, "メッセージを書く").click();
  await maker.getByRole("menuitem", { name: /^テキスト/ }).click();
  await maker.getByLabel("本文").fill(text);
  await goOn(maker, "日時");
  await careful?.();
  await goOn(maker, "確認");
  await checks(maker).waitFor();
}

/** Who has this in the talk. */
async function said(text: string): Promise<number[]> {
  const having: number[] = [];
  for (let user = 0; user <= customer; user++) {
    const { rooms } = await sim.get<{ rooms: { messages: unknown[] }[] }>(
      `rooms/${user}?channel_id=${sim.channelId}`,
    );
    if (JSON.stringify(rooms).includes(text)) having.push(user);
  }
  return having;
}
