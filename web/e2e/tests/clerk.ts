/** What staff and customers do on their pages, by the words they see. */
import type { Browser, Locator, Page } from "playwright-core";
import { openPage } from "../src/index.ts";

/** Servers and browser share two cores with whatever else runs: a wait is for a condition, this is when it is given up. */
const PATIENCE = 60_000;

export const button = (at: Page | Locator, name: string | RegExp) =>
  at.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });

export const dialog = (page: Page) => page.getByRole("dialog");

/** A desk or phone page in its own profile, patient. */
export async function patientPage(browser: Browser, size: "wide" | "phone") {
  const opened = await openPage(browser, { size });
  opened.page.setDefaultTimeout(PATIENCE);
  return opened;
}

export async function tryLogin(page: Page, email: string, password: string) {
  await page.getByLabel("メールアドレス").fill(email);
  await page.getByRole("textbox", { name: "パスワード" }).fill(password);
  await button(page, "ログイン").click();
}

/** Through the main menu, as the words stand there. */
export async function open(page: Page, name: string) {
  const menu = page.getByRole("navigation", { name: "メインメニュー" });
  await menu.getByRole("link", { name }).first().click();
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor({ state: "attached" });
}

/** The button that begins something new; it stands in the list itself as long as that is empty. */
export async function begin(page: Page, name: string) {
  const main = page.getByRole("main");
  await main.getByRole("status", { name: "読み込み中" }).waitFor({ state: "detached" });
  await main.getByRole("link", { name }).click();
}

/** A broadcast is written in these steps. */
type Step = "配信先" | "内容" | "日時" | "確認";

/** The step that a broadcast's page is at. */
export const step = (page: Page, name: Step) =>
  page.locator('[aria-current="step"]').and(button(page, name));

/** Goes on to these steps, one after the other: a button is pressed once what the one before brought is there. */
export async function goOn(page: Page, ...steps: Step[]) {
  for (const name of steps) {
    await button(page, name === "確認" ? "確認へ進む" : "次へ").click();
    await step(page, name).waitFor({ state: "attached" });
  }
}

/** Picks from a list that opens below its field. */
export async function pick(at: Page | Locator, label: string | RegExp, option: string | RegExp) {
  const field = at.getByRole("combobox", { name: label });
  await field.click();
  const page = "page" in at ? at.page() : at;
  const named = typeof option === "string" ? { name: option, exact: true } : { name: option };
  await page.getByRole("option", named).click();
}

/** A person in a list, whatever is said about them there. */
export const friend = (name: string) => new RegExp(`^${name}`);

/** The notice that something worked. */
export const noticed = (page: Page, text: string) =>
  page.getByRole("alert").filter({ hasText: text }).first().waitFor();
