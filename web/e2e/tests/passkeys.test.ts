/** パスキー: registered, logged in with, taken for the second step, removed; by Chromium's own virtual authenticator. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBrowser, startServer } from "../src/index.ts";
import { button, dialog, noticed, open, patientPage, tryLogin } from "./clerk.ts";
import { look, shootFailed } from "./looking.ts";
import { CLERK, type House, OWNER, openHouse } from "./stage.ts";

let browser: Browser;
let house: House;
let admin: Page;
let small: Page;
let recovery: string[];

const password = (at: Page | ReturnType<typeof dialog>) =>
  at.getByRole("textbox", { name: "パスワード" });

/** A phone's or a laptop's own authenticator, which keeps keys and has just seen the right finger. */
async function withFinger(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const finger = (isUserVerified: boolean) =>
    cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  return { finger };
}

const inside = (page: Page) => page.getByRole("button", { name: /さんのメニュー$/ }).waitFor();

async function logOut(page: Page) {
  await page.getByRole("button", { name: /さんのメニュー$/ }).click();
  await page.getByRole("menuitem", { name: "ログアウト" }).click();
  await page.getByLabel("メールアドレス").waitFor();
}

beforeAll(async () => {
  [browser, house] = await Promise.all([
    startBrowser(),
    openHouse({ more: [CLERK], host: "localhost" }),
  ]);
  ({ page: admin } = await patientPage(browser, "wide"));
  ({ page: small } = await patientPage(browser, "phone"));
});

afterAll(async () => {
  await browser?.close();
  await house?.close();
});

shootFailed(() => ({ admin, small }));

describe("passkeys", () => {
  it("are registered with the password, and bring recovery codes", async () => {
    const { finger } = await withFinger(admin);
    await admin.goto(`${house.server.url}/admin/`);
    await look(admin, "passkey-login-1440");
    await tryLogin(admin, OWNER.email, OWNER.password);
    await inside(admin);
    await open(admin, "ログインと安全");
    await look(admin, "passkeys-none-1440");
    await button(admin, "パスキーを追加").click();
    await dialog(admin).getByLabel("パスキーの名前").fill("お店のパソコン");
    await password(dialog(admin)).fill("not-my-password");
    await look(admin, "passkeys-add-1440");
    await button(dialog(admin), "パスキーを登録する").click();
    await dialog(admin).getByText("パスワードが違います。").waitFor();
    // The wrong finger: nothing is registered, and the page says so.
    await finger(false);
    await password(dialog(admin)).fill(OWNER.password);
    await button(dialog(admin), "パスキーを登録する").click();
    await noticed(admin, "パスキーの操作が途中で終わりました");
    await finger(true);
    await button(dialog(admin), "パスキーを登録する").click();
    await dialog(admin).getByText("回復コードを控えてください").waitFor();
    recovery = await dialog(admin).getByRole("listitem").allInnerTexts();
    expect(recovery).toHaveLength(10);
    await button(dialog(admin), "控えました").click();
    await admin.getByText("お店のパソコン").waitFor();
    await look(admin, "passkeys-one-1440");
  });

  it("open the door alone", async () => {
    await logOut(admin);
    await button(admin, "パスキーでログイン").click();
    await inside(admin);
    await open(admin, "操作ログ");
    const table = admin.getByRole("table", { name: "操作ログ" });
    await table.getByText("2段階認証: パスキー").first().waitFor();
    await table.getByText("パスキーを登録した").first().waitFor();
  });

  it("are the second step of whoever types the password; a recovery code does where there is none", async () => {
    await small.goto(`${house.server.url}/admin/`);
    await look(small, "passkey-login-390");
    await tryLogin(small, OWNER.email, OWNER.password);
    await small.getByText("パスキーが使えないときに、控えたコードを入力してください。").waitFor();
    await look(small, "passkey-second-390");
    await small.getByRole("textbox", { name: "回復コード" }).fill(recovery[0] ?? "");
    await button(small, "ログイン").click();
    await inside(small);
    for (const scheme of ["dark", "light"]) {
      await small.evaluate(
        (value) => localStorage.setItem("mantine-color-scheme-value", value),
        scheme,
      );
      await small.goto(`${house.server.url}/admin/settings/security`);
      await small.getByText("お店のパソコン").waitFor();
      await look(small, `passkeys-390-${scheme}`);
    }
    await logOut(admin);
    await tryLogin(admin, OWNER.email, OWNER.password);
    await button(admin, "パスキーでログイン").click();
    await inside(admin);
  });

  it("are named anew, and removed only by whoever is there", async () => {
    await open(admin, "ログインと安全");
    await button(admin, "お店のパソコンのメニュー").click();
    await admin.getByRole("menuitem", { name: "パスキーの名前を変える" }).click();
    await dialog(admin).getByLabel("パスキーの名前").fill("レジのパソコン");
    await button(dialog(admin), "保存する").click();
    await button(admin, "レジのパソコンのメニュー").click();
    await admin.getByRole("menuitem", { name: "削除する" }).click();
    await password(dialog(admin)).fill(OWNER.password);
    await look(admin, "passkeys-remove-1440");
    await button(dialog(admin), "パスキーで確認").click();
    await noticed(admin, "パスキーを削除しました");
    await button(admin, "パスキーを追加").waitFor();
    await logOut(admin);
    // The device still has it; the shop does not.
    await button(admin, "パスキーでログイン").click();
    await admin.getByText("このパスキーは登録されていません").waitFor();
    await look(admin, "passkey-unknown-1440");
    await tryLogin(admin, OWNER.email, OWNER.password);
    await inside(admin);
  });

  it("are enough where the shop asks a second step of everybody", async () => {
    await open(admin, "ログインと安全");
    await button(admin, "パスキーを追加").click();
    await password(dialog(admin)).fill(OWNER.password);
    await button(dialog(admin), "パスキーを登録する").click();
    await button(dialog(admin), "控えました").click();
    const set = admin.waitForResponse((one) => one.request().method() === "PUT");
    await admin.getByRole("switch", { name: "全員に2段階認証を必要にする" }).click();
    expect((await set).ok()).toBe(true);
    const { page: other } = await patientPage(browser, "phone");
    await withFinger(other);
    await other.goto(`${house.server.url}/admin/`);
    await tryLogin(other, CLERK.email, CLERK.password);
    await other.getByRole("heading", { name: "2段階認証の設定" }).waitFor();
    await look(other, "passkey-required-390");
    await button(other, "パスキーを登録する").click();
    await password(other).fill(CLERK.password);
    await button(other, "パスキーを登録する").click();
    await button(other, "控えました").click();
    await other.getByText("LINEアカウント未接続").first().waitFor();
    await other.context().close();
  });

  it("are not offered at a number, and the page says why", async () => {
    const bare = await startServer({ line: house.sim.url, workspace: "数字の店", staff: [OWNER] });
    const { page } = await patientPage(browser, "phone");
    await page.goto(`${bare.url}/admin/`);
    await page.getByLabel("メールアドレス").waitFor();
    expect(await button(page, "パスキーでログイン").count()).toBe(0);
    await tryLogin(page, OWNER.email, OWNER.password);
    await inside(page);
    await page.goto(`${bare.url}/admin/settings/security`);
    await page.getByText(/数字のアドレス/).waitFor();
    await look(page, "passkeys-blocked-390");
    await page.context().close();
    await bare.stop();
  });
});
