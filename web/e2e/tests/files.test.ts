/** The talk's files and snippets, who gets a test, and what the shop is told by itself. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { axeProblems, png, shoot, startBrowser } from "../src/index.ts";
import { button, dialog, noticed, open } from "./clerk.ts";
import { openStage, type Stage } from "./stage.ts";

const CUSTOMER = "鈴木 あおい";
const COLLEAGUE = "店長 ひろし";
const AS_LINK = "LINEではファイルを直接送れないため、リンクで送ります。";

let browser: Browser;
let stage: Stage;
let admin: Page;
let phone: Page;

const room = () => phone.getByRole("log");
const talk = () => admin.getByRole("region", { name: "トーク", exact: true });
const writing = () => talk().getByRole("textbox", { name: "メッセージを書く" });
const search = () => admin.getByRole("combobox", { name: "定型文を名前で探す" });

/** The API as the page itself calls it. */
function call<T = unknown>(method: string, path: string, body?: object): Promise<T> {
  return admin.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(`/api/v1/${path}`, {
        method: method ?? "GET",
        ...(body
          ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } }
          : {}),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      const text = await response.text();
      return text ? JSON.parse(text) : undefined;
    },
    [method, path, body] as [string, string, object | undefined],
  );
}

const template = (name: string, text: string) =>
  call<{ id: string }>("POST", "templates", { name, messages: [{ type: "text", text }] });

async function look(page: Page, name: string) {
  await shoot(page, name);
  expect(await axeProblems(page), name).toEqual([]);
}

async function scheme(page: Page, value: "light" | "dark") {
  await page.evaluate((v) => localStorage.setItem("mantine-color-scheme-value", v), value);
  await page.reload();
}

beforeAll(async () => {
  browser = await startBrowser();
  stage = await openStage(browser, CUSTOMER);
  ({ admin, phone } = stage);
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

beforeEach(({ onTestFailed }) => {
  onTestFailed(async ({ task }) => {
    await shoot(admin, `failed-${task.name}-admin`);
    await shoot(phone, `failed-${task.name}-phone`);
  });
});

describe("a file", () => {
  let address: string;

  it("goes as a link, and the page says so before", async () => {
    await phone.getByLabel("メッセージを入力").fill("見積もりをお願いします");
    await phone.keyboard.press("Enter");
    await open(admin, "個別トーク");
    await admin.getByRole("link", { name: CUSTOMER }).click();
    await button(talk(), "画像・動画・音声・ファイルを送る").click();
    await admin.getByRole("menuitem", { name: "ファイルを選ぶ(PDFなど)" }).click();
    await dialog(admin).getByText(AS_LINK).waitFor();
    await look(admin, "talk-file-picker");
    const buffer = Buffer.from("%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF");
    const file = { name: "見積書 10月.pdf", mimeType: "application/pdf", buffer };
    await dialog(admin).locator("input[type=file]").setInputFiles(file);
    await dialog(admin).waitFor({ state: "detached" });
    const along = talk().getByRole("group", { name: "いっしょに送るもの" });
    await along.getByText("見積書 10月.pdf").waitFor();
    await along.getByText(AS_LINK).waitFor();
    await writing().fill("ご確認ください。");
    await look(admin, "talk-file-attached");
    await button(talk(), "送る").click();
    await room().getByText("ご確認ください。").waitFor();
    await room().getByText("見積書 10月.pdf").waitFor();
    await shoot(phone, "talk-file-phone");
  });

  it("opens for the customer under its name, and is no page of ours", async () => {
    const link = room().getByRole("button", { name: /openExternalBrowser/ });
    address = (await link.textContent()) ?? "";
    expect(address).toMatch(/\/a\/[\w-]{22}\/file\?openExternalBrowser=1$/);
    const { status, headers } = await opened(address);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/pdf");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(decodeURIComponent(headers["content-disposition"] ?? "")).toBe(
      "inline; filename*=UTF-8''見積書 10月.pdf",
    );
  });

  it("is a picture when it is one", async () => {
    await button(talk(), "画像・動画・音声・ファイルを送る").click();
    await admin.getByRole("menuitem", { name: "ファイルを選ぶ(PDFなど)" }).click();
    const buffer = png(60, 40, (x) => [x & 255, 120, 90]);
    const file = { name: "店.png", mimeType: "image/png", buffer };
    await dialog(admin).locator("input[type=file]").setInputFiles(file);
    await dialog(admin).waitFor({ state: "detached" });
    const along = talk().getByRole("group", { name: "いっしょに送るもの" });
    await along.locator("img").waitFor();
    expect(await along.getByText(AS_LINK).count()).toBe(0);
    await button(along, "やめる").click();
  });

  it("is taken back by putting it away", async () => {
    await open(admin, "登録メディア");
    await admin.locator("label", { hasText: /^ファイル$/ }).click();
    await admin.getByRole("article", { name: "見積書 10月.pdf" }).waitFor();
    await look(admin, "assets-files");
    await scheme(stage.small, "dark");
    await stage.small.goto(`${stage.server.url}/admin/assets`);
    await stage.small.locator("label", { hasText: /^ファイル$/ }).click();
    await stage.small.getByRole("article", { name: "見積書 10月.pdf" }).waitFor();
    await look(stage.small, "assets-files-390-dark");
    await scheme(stage.small, "light");
    await button(admin, "見積書 10月.pdfのメニュー").click();
    await admin.getByRole("menuitem", { name: "片づける" }).click();
    await dialog(admin).getByText("お客さまに送ったリンクも開けなくなります").waitFor();
    await button(dialog(admin), "片づける").click();
    await noticed(admin, "片づけました");
    const { status, text } = await opened(address);
    expect([status, text]).toEqual([404, expect.stringContaining("もう開けません")]);
  });
});

describe("snippets", () => {
  it("are found by name however many there are, and by keys alone", async () => {
    await template("在庫のご案内", "{{name}}さん、在庫がございます。");
    await template("営業時間", "10時から19時までです。");
    // More than the list shows at once, so that the two are not among the newest.
    for (let n = 0; n < 105; n++) await template(`季節の挨拶 ${n}`, "いつもありがとうございます。");
    await open(admin, "個別トーク");
    await admin.getByRole("link", { name: CUSTOMER }).click();
    await button(talk(), "テンプレート・定型文を使う").click();
    await admin.getByRole("option", { name: /季節の挨拶 104/ }).waitFor();
    expect(await admin.getByRole("option", { name: /在庫のご案内/ }).count()).toBe(0);
    await admin.getByText("ほかにもあります。名前で探してください。").waitFor();
    await search().fill("在庫");
    await admin.getByRole("option", { name: /在庫のご案内/ }).waitFor();
    const preview = admin.getByRole("region", { name: "選んでいるもの" });
    await preview.getByText(`${CUSTOMER}さん、在庫がございます。`).waitFor();
    await look(admin, "talk-snippets");
    // The Enter that ends a conversion takes nothing over.
    await search().dispatchEvent("keydown", {
      key: "Enter",
      code: "Enter",
      keyCode: 229,
      isComposing: true,
    });
    expect(await writing().inputValue()).toBe("");
    await search().press("Enter");
    await expect.poll(() => writing().inputValue()).toBe(`${CUSTOMER}さん、在庫がございます。`);
    await expect.poll(() => writing().evaluate((box) => box === document.activeElement)).toBe(true);
    await writing().fill("");
  });

  it("used lately come first", async () => {
    await button(talk(), "テンプレート・定型文を使う").click();
    await admin.getByText("最近使ったもの").waitFor();
    await admin.getByRole("option").first().getByText("在庫のご案内").waitFor();
    await search().press("ArrowDown");
    await admin.getByRole("region", { name: "選んでいるもの" }).waitFor();
    await search().press("Escape");
    await search().waitFor({ state: "detached" });
    const { small, server } = stage;
    await small.goto(`${server.url}/admin/talk`);
    await small.getByRole("link", { name: CUSTOMER }).click();
    await button(small, "テンプレート・定型文を使う").click();
    await small.getByRole("option", { name: /季節の挨拶 104/ }).waitFor();
    await look(small, "talk-snippets-390");
  });
});

describe("who gets a test", () => {
  it("is staff first, before anything is typed", async () => {
    const { first } = await stage.sim.post<{ first: number }>("users", { name: COLLEAGUE });
    await follow(first);
    // Later friends would push the colleague out of the ten newest.
    for (let n = 0; n < 12; n++) {
      const { first: other } = await stage.sim.post<{ first: number }>("users", { name: `客${n}` });
      await follow(other);
    }
    const found = async () =>
      (await call<{ items: { id: string }[] }>("GET", `contacts?q=${encodeURIComponent("ひろし")}`))
        .items[0];
    await expect.poll(found).toBeTruthy();
    await call("PATCH", `contacts/${(await found())?.id}`, { staff: true });
    const staff = async () =>
      (await call<{ items: object[] }>("GET", "contacts?staff=true")).items.length;
    await expect.poll(staff).toBe(1);
    await open(admin, "テンプレート");
    await admin.getByRole("link", { name: "季節の挨拶 104" }).click();
    await button(admin, "テスト送信").click();
    await dialog(admin).getByRole("combobox").last().click();
    await admin.getByText("スタッフ", { exact: true }).filter({ visible: true }).first().waitFor();
    await admin.getByRole("option").first().getByText(COLLEAGUE).waitFor();
    await shoot(admin, "test-staff-first");
    await admin.getByRole("option").first().click();
    await admin.keyboard.press("Escape");
    await admin.keyboard.press("Escape");
  });
});

describe("notices", () => {
  it("tell at once of a broadcast that the budget holds, with the page that mends it", async () => {
    const rules = await call<object>("GET", "settings/policy");
    await call("PUT", "settings/policy", { ...rules, budget: { yen_per_month: 1 } });
    const channels = await call<{ items: { id: string }[] }>("GET", "channels");
    const made = await call<{ id: string }>("POST", "broadcasts", {
      channel_id: channels.items[0]?.id,
      template_id: (await template("秋", "秋の新作です。")).id,
      audience: { to: "all" },
      name: "秋のお知らせ",
    });
    await call("POST", `broadcasts/${made.id}/confirm`, {});
    const told = "一斉配信「秋のお知らせ」は販促の予算を超えるため止まっています";
    await admin.goto(`${stage.server.url}/admin/settings/notices`);
    const line = admin.getByRole("main").getByText(told).first();
    await line.waitFor();
    await admin
      .getByRole("switch", { name: "一斉配信が、予算・通数・内容のために止まった" })
      .waitFor();
    await shoot(admin, "notices-1440", "whole");
    expect(await axeProblems(admin)).toEqual([]);
    const { small } = stage;
    await small.goto(`${stage.server.url}/admin/settings/notices`);
    await small.getByRole("main").getByText(told).first().waitFor();
    await shoot(small, "notices-390", "whole");
    expect(await axeProblems(small)).toEqual([]);
    await button(admin, /^お知らせ \d+件/).click();
    await admin.getByRole("link", { name: told }).first().click();
    await expect.poll(() => admin.url()).toContain(`/broadcasts/${made.id}`);
    await admin.getByText("今月の販促の予算を超えるため").first().waitFor();
    expect(stage.problems).toEqual([]);
  });
});

const follow = (user: number) =>
  stage.sim.post("follow", { user, channel_id: stage.sim.channelId, wait: true });

/** As the customer's browser asks for it. */
async function opened(address: string) {
  const answer = await phone.context().request.get(address);
  return { status: answer.status(), headers: answer.headers(), text: await answer.text() };
}
