/** Settings: how staff come in, what the shop allows itself, what was done. */
import { createHmac } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser } from "../src/index.ts";
import { button, dialog, noticed, open, patientPage, tryLogin } from "./clerk.ts";
import { everyWay, look, shootFailed } from "./looking.ts";
import { CLERK, enter, type House, OWNER, openHouse } from "./stage.ts";

let browser: Browser;
let house: House;
let admin: Page;
let small: Page;
let key: string;
let recovery: string[];

/** What the phone's app shows (RFC 6238), written again here: the server's own code must not judge itself. */
function codeOf(base32: string, at = Date.now()): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...base32].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigInt64BE(BigInt(Math.floor(at / 30_000)));
  const tag = createHmac("sha1", bytes).update(counter).digest();
  const from = (tag.at(-1) ?? 0) & 15;
  return String((tag.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const password = (at: Page | ReturnType<typeof dialog>) =>
  at.getByRole("textbox", { name: "パスワード" });
const code = (at: Page | ReturnType<typeof dialog>) =>
  at.getByRole("textbox", { name: "認証コード" });

beforeAll(async () => {
  [browser, house] = await Promise.all([startBrowser(), openHouse({ more: [CLERK] })]);
  ({ page: admin } = await patientPage(browser, "wide"));
  ({ page: small } = await patientPage(browser, "phone"));
  for (const page of [admin, small]) await enter(page, house.server.url, OWNER);
});

afterAll(async () => {
  await browser?.close();
  await house?.close();
});

shootFailed(() => ({ admin, small }));

describe("settings", () => {
  it("shows where one is logged in, and logs the phone out", async () => {
    await open(admin, "ログインと安全");
    await admin.getByText("この端末", { exact: true }).waitFor();
    await everyWay(
      { admin, small, ...house },
      "/settings/security",
      "ログインと安全",
      "settings-security",
    );
    await button(admin, "ほかの端末をすべてログアウト").click();
    await dialog(admin).getByRole("button", { name: "ほかの端末をすべてログアウト" }).click();
    await noticed(admin, "ログアウトしました");
    await small.goto(`${house.server.url}/admin/`);
    await small.getByLabel("メールアドレス").waitFor();
  });

  it("sets two-factor sign-in up", async () => {
    await button(admin, "2段階認証を設定する").click();
    await password(dialog(admin)).fill("not-my-password");
    await button(dialog(admin), "次へ").click();
    await dialog(admin).getByText("パスワードが違います。").waitFor();
    await password(dialog(admin)).fill(OWNER.password);
    await button(dialog(admin), "次へ").click();
    await dialog(admin).getByRole("img", { name: "認証アプリで読み取るQRコード" }).waitFor();
    await dialog(admin).getByText("読み取れないとき").click();
    key = await dialog(admin).getByRole("textbox", { name: "セットアップキー" }).inputValue();
    await look(admin, "settings-security-square");
    // The code before the present one is good as well, and leaves that for the login.
    await code(dialog(admin)).fill(codeOf(key, Date.now() - 30_000));
    await button(dialog(admin), "確かめて、使い始める").click();
    await dialog(admin).getByText("回復コードを控えてください").waitFor();
    recovery = await dialog(admin).getByRole("listitem").allInnerTexts();
    expect(recovery).toHaveLength(10);
    await look(admin, "settings-security-recovery");
    await button(dialog(admin), "控えました").click();
    await admin.getByText("使っています", { exact: true }).waitFor();
  });

  it("asks for the code at the door; a recovery code does as well, once", async () => {
    await tryLogin(small, OWNER.email, OWNER.password);
    await code(small).waitFor();
    await look(small, "login-code-390");
    await code(small).fill("000000");
    await button(small, "ログイン").click();
    await small.getByText("コードが違うか、すでに使われています。").waitFor();
    await code(small).fill(recovery[0] ?? "");
    await button(small, "ログイン").click();
    await small.getByRole("main").getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
  });

  it("asks in place when the session ends while somebody writes; nothing written is lost", async () => {
    await open(admin, "配信ルール");
    await admin.getByLabel("開始").fill("20:30");
    await small.goto(`${house.server.url}/admin/settings/security`);
    await button(small, "ほかの端末をすべてログアウト").click();
    await dialog(small).getByRole("button", { name: "ほかの端末をすべてログアウト" }).click();
    await noticed(small, "ログアウトしました");
    await button(admin, "保存する").click();
    await dialog(admin).getByText("もう一度ログインしてください").waitFor();
    await password(dialog(admin)).fill(OWNER.password);
    await button(dialog(admin), "ログイン").click();
    await code(dialog(admin)).fill(recovery[1] ?? "");
    await button(dialog(admin), "ログイン").click();
    await dialog(admin).waitFor({ state: "detached" });
    expect(await admin.getByLabel("開始").inputValue()).toBe("20:30");
    await button(admin, "保存する").click();
    await noticed(admin, "保存しました");
  });

  it("keeps a budget", async () => {
    await admin.getByRole("switch", { name: "予算を決める" }).click();
    await admin.getByRole("textbox", { name: "1か月の予算(税抜)" }).fill("12000");
    // The notice of the last saving may still stand there.
    const saved = admin.waitForResponse((one) => one.request().method() === "PUT");
    await button(admin, "保存する").click();
    expect((await saved).ok()).toBe(true);
    await admin.reload();
    const yen = admin.getByRole("textbox", { name: "1か月の予算(税抜)" });
    await yen.waitFor();
    expect(await yen.inputValue()).toBe("¥12,000");
    await everyWay({ admin, small, ...house }, "/settings/policy", "配信ルール", "settings-policy");
  });

  it("requires the second step of everybody; a colleague sets it up before anything else", async () => {
    await open(admin, "ログインと安全");
    const set = admin.waitForResponse((one) => one.request().method() === "PUT");
    await admin.getByRole("switch", { name: "全員に2段階認証を必要にする" }).click();
    expect((await set).ok()).toBe(true);
    const { page: other } = await patientPage(browser, "phone");
    await other.goto(`${house.server.url}/admin/`);
    await tryLogin(other, CLERK.email, CLERK.password);
    await other.getByRole("heading", { name: "2段階認証の設定" }).waitFor();
    await look(other, "second-step-required-390");
    await password(other).fill(CLERK.password);
    await button(other, "次へ").click();
    await other.getByText("読み取れないとき").click();
    const own = await other.getByRole("textbox", { name: "セットアップキー" }).inputValue();
    await code(other).fill(codeOf(own));
    await button(other, "確かめて、使い始める").click();
    await button(other, "控えました").click();
    await other.getByText("LINEアカウント未接続").first().waitFor();
    await other.context().close();
  });

  it("lists staff, what roles may, and withdraws an invitation", async () => {
    await open(admin, "スタッフ管理");
    await admin.getByRole("table", { name: "スタッフ管理" }).waitFor();
    await button(admin, "スタッフを招待").click();
    await dialog(admin).getByLabel("メールアドレス").fill("new@example.com");
    await button(dialog(admin), "招待URLを作る").click();
    await dialog(admin).getByText("7日間使えます").waitFor();
    await button(dialog(admin), "閉じる").last().click();
    await dialog(admin).waitFor({ state: "detached" });
    await everyWay({ admin, small, ...house }, "/settings/staff", "スタッフ管理", "settings-staff");
    await button(admin, "new@example.comのメニュー").click();
    await admin.getByRole("menuitem", { name: "招待を取り消す" }).click();
    await button(dialog(admin), "招待を取り消す").click();
    await noticed(admin, "スタッフから外しました");
  });

  it("tells what was done, by thing, and saves it as a file", async () => {
    await open(admin, "操作ログ");
    const table = admin.getByRole("table", { name: "操作ログ" });
    await table.getByText("認証アプリの2段階認証を設定した").first().waitFor();
    await everyWay({ admin, small, ...house }, "/settings/audit", "操作ログ", "settings-audit");
    await admin.getByRole("combobox", { name: "何を" }).click();
    await admin.getByRole("option", { name: "お店", exact: true }).click();
    await table.getByText("認証アプリの2段階認証を設定した").first().waitFor({ state: "detached" });
    await table.getByText("配信ルールを変えた").first().waitFor();
    expect(admin.url()).toContain("thing=workspace");
    const [file] = await Promise.all([
      admin.waitForEvent("download"),
      button(admin, "CSVで保存").click(),
    ]);
    expect(file.suggestedFilename()).toBe("audit.csv");
  });
});
