/** テンプレートと登録メディア: what a clerk puts together stands in the customer's room as it was drawn. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, png, type Server, shoot, startBrowser } from "../src/index.ts";
import { begin, button, dialog, noticed, open, pick } from "./clerk.ts";
import { shootFailed } from "./looking.ts";
import { openStage, type Stage } from "./stage.ts";

const CUSTOMER = "佐藤 一郎";
const WIDE = png(1200, 800, (x, y) => [200, (x / 5) & 255, (y / 4) & 255]);

let browser: Browser;
let stage: Stage;
let server: Server;
let admin: Page;
let small: Page;
let phone: Page;
let problems: string[];

const room = () => phone.getByRole("log");

beforeAll(async () => {
  browser = await startBrowser();
  stage = await openStage(browser, CUSTOMER);
  ({ server, admin, small, phone, problems } = stage);
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

shootFailed(() => ({ admin, phone }));

describe("what a clerk puts together", () => {
  it("keeps pictures, and refuses what is none", async () => {
    await open(admin, "登録メディア");
    await admin.getByText("まだ何も登録されていません").waitFor();
    await admin.locator("input[type=file]").setInputFiles({
      name: "写真.png",
      mimeType: "image/png",
      buffer: Buffer.from("<svg onload='alert(1)'/>"),
    });
    await admin.getByRole("alert").getByText("画像として読み取れません").waitFor();
    problems.length = 0;
    await choose("秋の新豆.png");
    await admin.getByRole("article", { name: "秋の新豆.png" }).getByText("1200 × 800").waitFor();
    await shoot(admin, "assets");
    expect(await axeProblems(admin)).toEqual([]);
    await small.goto(`${server.url}/admin/assets`);
    await small.getByRole("article", { name: "秋の新豆.png" }).waitFor();
    await shoot(small, "assets-phone");
    expect(await axeProblems(small)).toEqual([]);
  });

  it("sends a picture as it stands in the library", async () => {
    await write("写真だけ", /画像を1枚/);
    await button(admin, "画像 画像を選ぶ").click();
    await dialog(admin).getByRole("button", { name: "「秋の新豆.png」を使う" }).waitFor();
    await shoot(admin, "asset-picker");
    expect(await axeProblems(admin)).toEqual([]);
    await dialog(admin).getByRole("button", { name: "「秋の新豆.png」を使う" }).click();
    await test();
    const picture = room().locator("img").last();
    await picture.waitFor();
    await expect
      .poll(() => picture.evaluate((one) => (one as HTMLImageElement).naturalWidth))
      .toBe(1024);
  });

  it("builds a card out of blocks", async () => {
    await write("新豆カード", /フレックスメッセージ/);
    await admin.getByRole("textbox", { name: "見出し" }).fill("秋の新豆");
    await button(admin, "部品を足す").click();
    await admin.getByRole("menuitem", { name: "項目と値(価格など)" }).click();
    await admin.getByRole("textbox", { name: "項目" }).fill("100g");
    await admin.getByRole("textbox", { name: "値" }).fill("980円");
    await button(admin, "上の画像(任意) 画像を選ぶ").click();
    await dialog(admin).getByRole("button", { name: "「秋の新豆.png」を使う" }).click();
    await button(admin, "ボタンを足す").click();
    await admin.getByRole("textbox", { name: "ボタンの文字" }).fill("お店で見る");
    await admin
      .getByRole("textbox", { name: "URL", exact: true })
      .fill("https://shop.example.com/beans");
    await shoot(admin, "flex-blocks", "whole");
    expect(await axeProblems(admin)).toEqual([]);
    await test();
    await room().getByText("秋の新豆").last().waitFor();
    await room().getByText("980円").waitFor();
    await room().getByText("お店で見る").waitFor();
    await shoot(phone, "flex-blocks-phone");
  });

  it("cuts a rich message into areas, by hand and by keys", async () => {
    await write("ご案内", /リッチメッセージ/);
    await button(admin, "画像 画像を選ぶ").click();
    await dialog(admin).getByRole("button", { name: "「秋の新豆.png」を使う" }).click();
    await button(admin, "左右").click();
    await admin
      .getByRole("textbox", { name: "URL", exact: true })
      .fill("https://shop.example.com/left");
    await button(admin, "場所2").click();
    await pick(admin, "場所2を押したとき", "文字を送る");
    await admin.getByRole("textbox", { name: "送られる文字" }).fill("右を押しました");
    await shoot(admin, "imagemap", "whole");
    expect(await axeProblems(admin)).toEqual([]);
    await test();
    await room().getByRole("button", { name: "2" }).last().click();
    await room().getByText("右を押しました").waitFor();
    await shoot(phone, "imagemap-phone");
  });

  it("puts LINE's own emoji into a text, and keeps them while it is edited", async () => {
    await write("LINE絵文字", /^テキスト/);
    const text = admin.getByRole("textbox", { name: "本文" });
    await text.fill("😀{{name|お客さま}}さん、");
    await button(admin, "絵文字").click();
    await admin.getByRole("tab", { name: "LINE絵文字" }).click();
    await button(admin, "LINE絵文字 004").click();
    await text.pressSequentially("入荷です");
    await button(admin, "絵文字").click();
    await admin.getByRole("tab", { name: "LINE絵文字" }).click();
    await shoot(admin, "line-emoji");
    expect(await axeProblems(admin)).toEqual([]);
    await admin.getByRole("combobox", { name: "絵文字のセット" }).click();
    await admin.getByRole("option", { name: /^絵文字セット 3\(/ }).click();
    await button(admin, "LINE絵文字 001").click();
    // What is written before them moves them.
    await text.press("Home");
    await text.pressSequentially("新豆!");
    expect(await text.inputValue()).toBe("新豆!😀{{name|お客さま}}さん、$入荷です$");
    await admin.getByText("本文の「$」に入る絵文字 2/20").waitFor();
    await shoot(admin, "line-emoji-written");
    await test();
    const bubble = room().getByText("入荷です").last();
    await bubble.waitFor();
    expect(await bubble.textContent()).toContain(`新豆!😀${CUSTOMER}さん、入荷です`);
    await bubble.locator("[data-emoji='670e0cce840a8236ddd4ee4c/004']").waitFor();
    await bubble.locator("[data-emoji='5ac21a8c040ab15980c9b43f/001']").waitFor();
    await shoot(phone, "line-emoji-phone");
    await small.goto(admin.url());
    await small.getByRole("textbox", { name: "本文" }).waitFor();
    await button(small, "絵文字").click();
    await small.getByRole("tab", { name: "LINE絵文字" }).click();
    await shoot(small, "line-emoji-small");
    expect(await axeProblems(small)).toEqual([]);
  });

  it("makes a coupon with LINE, chooses it and sends it", async () => {
    await write("秋のクーポン", /^クーポン/);
    await admin.getByText("配布中のクーポンはありません。").waitFor();
    await button(admin, "クーポンを作る").click();
    await dialog(admin).getByRole("textbox", { name: "クーポン名" }).fill("ドリンク100円引き");
    await dialog(admin).getByRole("textbox", { name: "利用条件" }).fill("1会計1枚まで");
    await dialog(admin).getByLabel("終了").fill("2020-01-01T00:00");
    await button(dialog(admin), "この内容で作る").click();
    await dialog(admin).getByText("終了は開始より後にしてください。").waitFor();
    await dialog(admin).getByLabel("終了").fill("2027-12-31T23:59");
    await shoot(admin, "coupon-new", "whole");
    expect(await axeProblems(admin)).toEqual([]);
    await button(dialog(admin), "この内容で作る").click();
    await noticed(admin, "クーポンを作りました");
    const line = admin.getByRole("radio", { name: /ドリンク100円引き/ });
    await line.waitFor();
    await expect.poll(() => line.isChecked()).toBe(true);
    await admin.getByText("配布中", { exact: true }).waitFor();
    await shoot(admin, "coupon", "whole");
    expect(await axeProblems(admin)).toEqual([]);
    await admin.emulateMedia({ colorScheme: "dark" });
    await shoot(admin, "coupon-dark", "whole");
    await admin.emulateMedia({ colorScheme: "light" });
    await test();
    // The message carries the id alone; the simulator's phone draws no more than that.
    await room().getByText("クーポンを見る").last().waitFor();
    const id = await admin.getByRole("textbox", { name: "クーポンID" }).inputValue();
    await room().getByText(id).waitFor();
    await shoot(phone, "coupon-phone");
    await small.goto(admin.url());
    await small.getByRole("radio", { name: /ドリンク100円引き/ }).waitFor();
    await shoot(small, "coupon-small", "whole");
    expect(await axeProblems(small)).toEqual([]);
  });

  it("says where a template is used, and copies it", async () => {
    await open(admin, "テンプレート");
    await button(admin, "新豆カードのメニュー").click();
    await admin.getByRole("menuitem", { name: "コピー" }).click();
    await admin.getByRole("heading", { level: 1, name: "新豆カードのコピー" }).waitFor();
    await admin.getByText("まだどこでも使われていません").waitFor();
    await open(admin, "テンプレート");
    await admin.getByRole("link", { name: "新豆カードのコピー" }).waitFor();
    await shoot(admin, "templates");
    await small.goto(`${server.url}/admin/templates`);
    await small.getByRole("link", { name: "新豆カードのコピー" }).click();
    await small.getByRole("textbox", { name: "見出し" }).waitFor();
    await shoot(small, "template-phone", "whole");
    expect(await axeProblems(small)).toEqual([]);
    expect(problems).toEqual([]);
  });
});

async function choose(name: string) {
  await admin
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "image/png", buffer: WIDE });
}

async function write(name: string, kind: RegExp) {
  await open(admin, "テンプレート");
  await begin(admin, "テンプレートを作る");
  await admin.getByRole("textbox", { name: "名前" }).fill(name);
  await button(admin, "メッセージを書く").click();
  await admin.getByRole("menuitem", { name: kind }).click();
}

/** Saves, and sends it to the customer as a test. */
async function test() {
  await button(admin, "保存する").click();
  await noticed(admin, "保存しました");
  await button(admin, "テスト送信").click();
  const send = dialog(admin).getByRole("button", { name: /人に送る$/ });
  // Whoever got the last test is chosen already; choosing them again would take them out.
  if ((await send.textContent()) === "0人に送る") {
    await dialog(admin).getByLabel("送る相手").click();
    await admin.getByRole("option", { name: CUSTOMER }).click();
    await admin.keyboard.press("Escape");
  }
  await button(dialog(admin), "1人に送る").click();
  await noticed(admin, "テスト送信しました");
  await dialog(admin).waitFor({ state: "detached" });
}
