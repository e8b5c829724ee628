/** 個別トーク: answers of every kind, who takes care, and nothing sent by mistake. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, png, shoot, startBrowser } from "../src/index.ts";
import { begin, button, dialog, noticed, open } from "./clerk.ts";
import { shootFailed } from "./looking.ts";
import { openStage, type Stage } from "./stage.ts";

const CUSTOMER = "鈴木 あおい";

let browser: Browser;
let stage: Stage;
let admin: Page;
let phone: Page;

const room = () => phone.getByRole("log");
const talk = () => admin.getByRole("region", { name: "トーク", exact: true });
const writing = () => talk().getByRole("textbox", { name: "メッセージを書く" });

beforeAll(async () => {
  browser = await startBrowser();
  stage = await openStage(browser, CUSTOMER);
  ({ admin, phone } = stage);
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

shootFailed(() => ({ admin, phone }));

describe("answering", () => {
  it("shows who asks, and takes the talk over", async () => {
    await asks("ギフト包装はできますか?");
    await open(admin, "個別トーク");
    await admin.getByRole("link", { name: CUSTOMER }).click();
    await talk().getByText("ギフト包装はできますか?").waitFor();
    await admin.getByRole("complementary", { name: "お客さまの情報" }).waitFor();
    await button(talk(), "自分が対応する").click();
    await button(talk(), "自分が対応する").waitFor({ state: "detached" });
    await shoot(admin, "talk-panes");
    expect(await axeProblems(admin)).toEqual([]);
  });

  it("never sends while a word is being composed", async () => {
    await writing().fill("できま");
    await writing().dispatchEvent("keydown", { key: "Enter", keyCode: 229, isComposing: true });
    await writing().fill("できます。");
    expect(await room().getByText("できま", { exact: true }).count()).toBe(0);
    await admin.keyboard.press("Enter");
    await room().getByText("できます。").waitFor();
  });

  it("sends a sticker and a picture with its words", async () => {
    await button(talk(), "スタンプを選ぶ").click();
    await button(admin, "スタンプ 446/1988").click();
    await shoot(admin, "talk-attached");
    await button(talk(), "送る").click();
    await room().locator(".lu-sticker").last().waitFor();
    await button(talk(), "画像・動画・音声・ファイルを送る").click();
    await admin.getByRole("menuitem", { name: "画像を選ぶ" }).click();
    const buffer = png(600, 400, (x) => [x & 255, 120, 90]);
    const file = { name: "包装.png", mimeType: "image/png", buffer };
    await dialog(admin).locator("input[type=file]").setInputFiles(file);
    await dialog(admin).waitFor({ state: "detached" });
    await writing().fill("このような包装です。");
    await button(talk(), "送る").click();
    await room().getByText("このような包装です。").waitFor();
    await shoot(phone, "talk-picture-phone");
    await expect.poll(() => writing().inputValue()).toBe("");
  });

  it("takes a template's words over, to be changed before they go", async () => {
    await open(admin, "テンプレート");
    await begin(admin, "テンプレートを作る");
    await admin.getByRole("textbox", { name: "名前" }).fill("営業時間");
    await button(admin, "メッセージを書く").click();
    await admin.getByRole("menuitem", { name: /^テキスト/ }).click();
    await admin.getByLabel("本文").fill("{{name}}さん、営業は10時からです。");
    await button(admin, "保存する").click();
    await noticed(admin, "保存しました");
    await open(admin, "個別トーク");
    await admin.getByRole("link", { name: CUSTOMER }).click();
    await button(talk(), "テンプレート・定型文を使う").click();
    await admin.getByRole("option", { name: /^営業時間/ }).click();
    await expect.poll(() => writing().inputValue()).toBe(`${CUSTOMER}さん、営業は10時からです。`);
    expect(await room().getByText("営業は10時から").count()).toBe(0);
    await writing().fill(`${CUSTOMER}さん、本日は11時からです。`);
    await button(talk(), "送る").click();
    await room().getByText("本日は11時からです。").waitFor();
    expect(stage.problems).toEqual([]);
  });

  it("works on a clerk's phone", async () => {
    const { small, server } = stage;
    await asks("ありがとうございます");
    await small.goto(`${server.url}/admin/talk`);
    await small.getByRole("link", { name: CUSTOMER }).click();
    await small.getByText("ありがとうございます").last().waitFor();
    await small.getByRole("textbox", { name: "メッセージを書く" }).fill("お待ちしております。");
    await shoot(small, "talk-phone");
    expect(await axeProblems(small)).toEqual([]);
    await button(small, "送る").click();
    await room().getByText("お待ちしております。").waitFor();
  });
});

async function asks(text: string) {
  await phone.getByLabel("メッセージを入力").fill(text);
  await phone.keyboard.press("Enter");
  await room().getByText(text).last().waitFor();
}
