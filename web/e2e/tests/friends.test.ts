/** Friends: brought by a file, sorted by many at once, looked at one by one, and let go. The customer's phone beside it. */
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, type Server, type SimServer, shoot, startBrowser } from "../src/index.ts";
import { call } from "./api.ts";
import { button, dialog, noticed, open, patientPage, pick } from "./clerk.ts";
import { shootFailed } from "./looking.ts";
import { connect, enter, type House, OWNER, openHouse, SHOP } from "./stage.ts";

const CUSTOMER = "佐藤 ひかり";

let browser: Browser;
let house: House;
let sim: SimServer;
let server: Server;
let admin: Page;
let phone: Page;
let problems: string[];
let userIds: string[];

interface User {
  n: number;
  name: string;
  ids: Record<string, string>;
}

beforeAll(async () => {
  [browser, house] = await Promise.all([startBrowser(), openHouse({ users: 30, friends: 30 })]);
  ({ sim, server } = house);
  const { first } = await sim.post<{ first: number }>("users", { name: CUSTOMER });
  const { users } = await sim.get<{ users: User[] }>("users");
  userIds = users.slice(0, 25).flatMap(({ ids }) => Object.values(ids)[0] ?? []);
  ({ page: admin, problems } = await patientPage(browser, "wide"));
  ({ page: phone } = await patientPage(browser, "phone"));
  await phone.goto(`${sim.url}/#users=${first}`);
});

afterAll(async () => {
  await browser?.close();
  await house?.close();
});

shootFailed(() => ({ admin, phone }));

/** The page as it stands, on a desk, on a phone, and at night. */
async function look(name: string) {
  await shoot(admin, `friends-${name}`);
  expect(await axeProblems(admin)).toEqual([]);
  await admin.setViewportSize({ width: 390, height: 844 });
  await shoot(admin, `friends-${name}-phone`);
  expect(await axeProblems(admin)).toEqual([]);
  await admin.setViewportSize({ width: 1440, height: 900 });
}

describe("friends", () => {
  it("are brought by a file from Excel; what would start is said, and nothing starts", async () => {
    await enter(admin, server.url, OWNER);
    await connect(admin);
    await call(admin, "POST", "rules", {
      name: "あいさつ",
      trigger: { on: "follow" },
      actions: [{ action: "notify", text: "新しい友だち" }],
    });
    await admin.goto(`${server.url}/admin/contacts`);
    await admin.getByRole("link", { name: "CSV取り込み" }).click();
    await admin.getByRole("heading", { level: 1, name: "CSVから取り込む" }).waitFor();
    const rows = userIds.map((id, n) => `${id},お客さま${n + 1},2026-01-0${(n % 9) + 1},常連`);
    const text = ["ユーザーID,お名前,友だち追加日,区分", ...rows, "まちがい,だれか,,"].join("\r\n");
    await admin.locator("input[type=file]").setInputFiles({
      name: "friends.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(text, "utf8"),
    });
    await admin.getByText("直すところが1か所あります").waitFor();
    await admin.getByText("取り込みでは配信は始まりません").waitFor();
    await admin.getByText("新しい友だち25人に、友だち追加時のあいさつを送る").waitFor();
    await admin.getByRole("combobox", { name: "「区分」の取り込む先" }).click();
    await admin.getByRole("option", { name: /^タグ/ }).click();
    const fetched = admin.waitForEvent("download");
    await button(admin, "直す行をCSVで受け取る").click();
    const wrong = await readFile(await (await fetched).path(), "utf8");
    expect(wrong).toContain("27,");
    await look("import");
    await button(admin, "25人を取り込む").click();
    await admin.getByText("新しく25人、変更0人、変更なし0人。").waitFor();
    expect(await admin.getByText("あいさつやシナリオが始まります").count()).toBe(0);
    await shoot(admin, "friends-imported");
  });

  it("stand in a list with the columns the shop wants, kept as a view", async () => {
    await button(phone, `${SHOP} 友だちに追加`).click();
    await open(admin, "友だちリスト");
    await admin.getByRole("row").filter({ hasText: CUSTOMER }).waitFor();
    await admin.getByText("26人", { exact: true }).waitFor();
    await button(admin, "表示する列").click();
    await admin.getByRole("checkbox", { name: "最後のメッセージ" }).check();
    await admin.keyboard.press("Escape");
    await admin.getByRole("columnheader", { name: "最後のメッセージ" }).waitFor();
    await admin.getByRole("combobox", { name: "タグでしぼり込む" }).click();
    await admin.getByRole("option", { name: "常連" }).click();
    await admin.keyboard.press("Escape");
    await admin.getByText("25人", { exact: true }).waitFor();
    await button(admin, "ビューを保存").click();
    await dialog(admin).getByLabel("名前").fill("常連さん");
    await button(dialog(admin), "保存する").click();
    await noticed(admin, "保存しました");
    await admin.goto(`${server.url}/admin/contacts`);
    await admin.getByText("26人", { exact: true }).waitFor();
    await pick(admin, "保存したビュー", "常連さん");
    await admin.getByText("25人", { exact: true }).waitFor();
    await look("list");
  });

  it("are tagged all at once; who would start is said first, and the way back is exact", async () => {
    const tag = await call<{ id: string }>(admin, "POST", "tags", { name: "秋の案内" });
    const channels = await call<{ items: { id: string }[] }>(admin, "GET", "channels");
    const template = await call<{ id: string }>(admin, "POST", "templates", {
      name: "秋のご案内",
      messages: [{ type: "text", text: "{{name}}さん、秋の豆が届きました。" }],
    });
    const journey = await call<{ id: string }>(admin, "POST", "journeys", {
      name: "秋のシナリオ",
      channel_id: channels.items[0]?.id,
      trigger: { on: "tag", tag: tag.id },
      nodes: [{ do: "message", template: template.id, lane: "promised" }],
    });
    await call(admin, "POST", `journeys/${journey.id}/publish`);
    await admin.goto(`${server.url}/admin/contacts?q=${encodeURIComponent("佐藤")}`);
    await admin.getByRole("checkbox", { name: `${CUSTOMER}を選ぶ` }).check();
    await button(admin, "まとめて操作").click();
    await admin.getByRole("menuitem", { name: "タグをつける" }).click();
    await pick(dialog(admin), "タグ", "秋の案内");
    await dialog(admin).getByText("「秋のシナリオ」 1人").waitFor();
    await look("bulk");
    await button(dialog(admin), "1人に実行する").click();
    await dialog(admin).getByText("えにし珈琲 から、シナリオ(秋のシナリオ)").waitFor();
    await button(dialog(admin), "始める").click();
    await admin.getByText("終わりました。1人が変わりました。").waitFor();
    await phone.getByRole("log").getByText(`${CUSTOMER}さん、秋の豆が届きました。`).waitFor();
    await shoot(phone, "friends-phone");
    await look("bulk-done");
    await button(admin, "元に戻す").click();
    await button(dialog(admin), "元に戻す").click();
    await admin.getByText("1人を元に戻しました。").waitFor();
    // All that match, not only those that are drawn.
    await admin.goto(`${server.url}/admin/contacts`);
    await admin.getByRole("checkbox", { name: "すべて選ぶ" }).check();
    await admin.getByText("26人を選択中").waitFor();
    await admin.getByRole("button", { name: "その他" }).click();
    await admin.getByRole("menuitem", { name: "まとめて操作の記録" }).click();
    await admin.getByRole("heading", { level: 1, name: "まとめて操作の記録" }).waitFor();
    await admin.getByText("1人を元に戻しました。").waitFor();
    await look("bulks");
  });

  it("can be taken out as a file that no spreadsheet runs", async () => {
    await open(admin, "友だちリスト");
    await button(admin, "CSV書き出し").click();
    await look("export");
    const fetched = admin.waitForEvent("download");
    await dialog(admin).getByRole("link", { name: "書き出す" }).click();
    const csv = await readFile(await (await fetched).path(), "utf8");
    expect(csv.startsWith("\ufeffLINEユーザーID,名前,友だち状態")).toBe(true);
    expect(csv.split("\r\n").length).toBe(28);
  });

  it("have a page each: what they want, what they hear, what comes next", async () => {
    await admin.goto(`${server.url}/admin/contacts?q=${encodeURIComponent("佐藤")}`);
    await admin.getByRole("link", { name: CUSTOMER }).click();
    await admin.getByRole("heading", { level: 1, name: CUSTOMER }).waitFor();
    await look("person");
    await admin.getByRole("switch", { name: "お知らせを受け取る" }).click();
    await admin.getByText("希望しない").waitFor();
    await admin.getByRole("tab", { name: "配信" }).click();
    await admin.getByText("販促のお知らせを希望していません。").waitFor();
    await look("person-deliveries");
    await button(admin, "受け取りの希望を記録する").click();
    await button(dialog(admin), "希望を記録する").click();
    await admin.getByText("販促のお知らせを希望していません。").waitFor({ state: "detached" });
    await admin.getByRole("tab", { name: "シナリオ" }).click();
    await admin.getByText("秋のシナリオ").first().waitFor();
    await look("person-walks");
  });

  it("show why a message did not come, and the button that mends it", async () => {
    await call(admin, "POST", "attributes", { key: "shoes", label: "靴のサイズ", type: "text" });
    const { id: template } = await call<{ id: string }>(admin, "POST", "templates", {
      name: "サイズの答え",
      messages: [{ type: "text", text: "サイズは{{shoes}}です" }],
    });
    await call(admin, "POST", "rules", {
      name: "サイズを聞かれたら",
      trigger: { on: "keyword", mode: "contains", words: ["サイズ"] },
      actions: [{ action: "message", template }],
    });
    await phone.getByText(SHOP, { exact: true }).first().click();
    await phone.getByLabel("メッセージを入力").fill("靴のサイズは?");
    await phone.keyboard.press("Enter");
    const { items } = await call<{ items: { id: string }[] }>(admin, "GET", "channels");
    const { id: cast } = await call<{ id: string }>(admin, "POST", "broadcasts", {
      channel_id: items[0]?.id,
      template_id: template,
      audience: { to: "all" },
      name: "靴の入荷",
    });
    await call(admin, "POST", `broadcasts/${cast}/confirm`);
    await admin.getByRole("tab", { name: "配信" }).click();
    const answer = admin.getByRole("article", { name: "自動応答「サイズを聞かれたら」" });
    await answer.getByText("差し込む情報が入っていなかったため、送りませんでした。").waitFor();
    const sale = admin.getByRole("article", { name: "一斉配信「靴の入荷」" });
    await sale.getByText("差し込む情報が入っていなかったため").waitFor();
    await sale.getByRole("link", { name: "届かなかった人への再送へ" }).waitFor();
    expect(await admin.getByRole("article", { name: "一斉配信「靴の入荷」" }).count()).toBe(1);
    await look("person-mends");
    await admin.emulateMedia({ colorScheme: "dark" });
    await shoot(admin, "friends-person-mends-dark", "whole");
    expect(await axeProblems(admin)).toEqual([]);
    await admin.emulateMedia({ colorScheme: "light" });
    await sale.getByRole("link", { name: "届かなかった人への再送へ" }).click();
    await admin.getByRole("region", { name: "この配信のあとに" }).waitFor();
    await admin.goBack();
    await button(answer, "友だち情報を入れる").click();
    await admin.keyboard.press("Enter");
    await admin.getByRole("textbox", { name: "靴のサイズ" }).fill("24.5");
    await admin.keyboard.press("Enter");
    await admin.getByText("24.5", { exact: true }).waitFor();
    await answer.getByRole("link", { name: "個別トークで送る" }).click();
    const write = admin.getByRole("textbox", { name: "メッセージを書く" });
    await expect.poll(() => write.inputValue()).toBe("サイズは24.5です");
    expect(await phone.getByRole("log").getByText("24.5").count()).toBe(0);
    await look("mend-talk");
    await button(admin, "送る").click();
    await phone.getByRole("log").getByText("サイズは24.5です").waitFor();
    await admin.goBack();
    await admin.getByRole("heading", { level: 1, name: CUSTOMER }).waitFor();
  });

  it("are made one and split again, by staff who have seen both", async () => {
    await call(admin, "POST", "events", {
      name: "order_placed",
      shop_id: "C-100",
      data: { total: 5400 },
    });
    const found = await call<{
      items: { id: string; friendships: unknown[] }[];
    }>(admin, "GET", "contacts?limit=200");
    const customer = found.items.find(({ friendships }) => friendships.length === 0);
    await call(admin, "PATCH", `contacts/${customer?.id}`, { display_name: "佐藤(通販)" });
    await button(admin, "ほかの友だちとまとめる").click();
    await dialog(admin).getByRole("combobox", { name: "まとめる相手" }).fill("佐藤(通販)");
    await admin.getByRole("option", { name: "佐藤(通販)" }).click();
    await dialog(admin).getByText("C-100").first().waitFor();
    await look("merge");
    await button(dialog(admin), "この二人をまとめる").click();
    await noticed(admin, "まとめました");
    await admin.getByText("C-100").first().waitFor();
    await button(admin, "分ける").click();
    await button(dialog(admin), "分ける").click();
    await admin.getByRole("heading", { level: 1, name: "佐藤(通販)" }).waitFor();
  });

  it("are erased when they ask for it, by their name typed", async () => {
    await button(admin, "完全に削除する").click();
    const go = button(dialog(admin), "完全に削除する");
    expect(await go.isDisabled()).toBe(true);
    await dialog(admin).getByRole("textbox").fill("佐藤(通販)");
    await look("erase");
    await go.click();
    await noticed(admin, "削除しました");
    await admin.getByRole("heading", { level: 1, name: "友だちリスト" }).waitFor();
    await admin.getByRole("row").filter({ hasText: CUSTOMER }).waitFor();
    expect(await admin.getByText("佐藤(通販)").count()).toBe(0);
    // Chromium itself reports that the page asked once more for who is gone.
    problems.length = 0;
  });

  it("leave with the shop: everything in one archive; and the unused is found", async () => {
    await open(admin, "まるごと書き出し");
    await button(admin, "書き出しを始める").click();
    const link = admin.getByRole("link", { name: "ファイルを受け取る" });
    await link.waitFor();
    await look("takeout");
    const fetched = admin.waitForEvent("download");
    await link.click();
    const archive = await readFile(await (await fetched).path());
    expect(archive.subarray(0, 2).toString()).toBe("PK");
    await call(admin, "POST", "tags", { name: "昔の企画" });
    await open(admin, "タグ管理");
    await button(admin, "使われていないタグ").click();
    await admin.getByRole("row").filter({ hasText: "昔の企画" }).waitFor();
    expect(await admin.getByRole("row").filter({ hasText: "常連" }).count()).toBe(0);
    await look("tags-unused");
    expect(problems).toEqual([]);
  });
});
