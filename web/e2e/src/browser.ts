/** Starts Chromium with a fresh profile and without its own traffic. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `CHROMIUM`, else the usual place, else the first one on PATH. */
function findChromium(): string {
  const given = process.env.CHROMIUM;
  if (given) return given;
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)].filter(Boolean);
  const found = folders
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find(executable);
  if (!found) throw new Error("Chromium not found: install it or set CHROMIUM to its path");
  return found;
}

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--lang=ja",
    ],
  });
}

export interface PageWishes {
  /** `wide` is a desk, `phone` a common phone. */
  size?: "wide" | "phone";
  locale?: string;
}

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

export interface OpenPage {
  page: Page;
  context: BrowserContext;
  /** What the page wrote to its console as an error, and uncaught errors. */
  problems: string[];
}

/** A page in its own context (fresh profile), in Japanese and in Tokyo unless told otherwise. */
export async function openPage(browser: Browser, wishes: PageWishes = {}): Promise<OpenPage> {
  const context = await browser.newContext({
    viewport: SIZES[wishes.size ?? "wide"],
    locale: wishes.locale ?? "ja-JP",
    timezoneId: "Asia/Tokyo",
    hasTouch: wishes.size === "phone",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  return { page, context, problems };
}
