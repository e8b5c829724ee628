/**
 * Every page of the admin, on the demo's data: axe finds nothing, nothing is cut off or scrolls sideways on a phone, every
 * word is translated, the console is silent. The pictures lie in `shots/looks` for people to look at.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, type Demo, openPage, shoot, startBrowser, startDemo } from "../src/index.ts";

const admin = (path: string) => fileURLToPath(new URL(`../../admin/src/${path}`, import.meta.url));

/** What stands in an address instead of `$id`, from the demo's data. */
type Ids = Record<
  "contact" | "channel" | "template" | "broadcast" | "draft" | "journey" | "rule" | "month",
  string
>;

/** Every address of the router, as it is opened; `undefined` for those with a test of their own. */
const ADDRESSES: Record<string, ((ids: Ids) => string[]) | undefined> = {
  "/login": undefined,
  "/setup": undefined,
  "/invite": undefined,
  "/second-step": undefined,
  "/": () => ["/"],
  "/start": () => ["/start"],
  "/talk": () => ["/talk"],
  "$channelId/$contactId": ({ channel, contact }) => [`/talk/${channel}/${contact}`],
  "/calendar": () => ["/calendar", "/calendar?view=week"],
  "/reports": () => ["/reports"],
  "/reports/$month": ({ month }) => [`/reports/${month}`],
  "/contacts": () => ["/contacts", "/contacts?q=nobody-has-this-name"],
  "/contacts/import": () => ["/contacts/import"],
  "/contacts/bulks": () => ["/contacts/bulks"],
  "/contacts/$id": ({ contact }) => [`/contacts/${contact}`],
  "/tags": () => ["/tags"],
  "/attributes": () => ["/attributes"],
  "/templates": () => ["/templates"],
  "/templates/$id": ({ template }) => [`/templates/${template}`, "/templates/new"],
  "/assets": () => ["/assets"],
  "/broadcasts": () => ["/broadcasts"],
  "/broadcasts/new": () => ["/broadcasts/new"],
  "/broadcasts/$id": ({ broadcast }) => [`/broadcasts/${broadcast}`],
  "/broadcasts/$id/approval": ({ draft }) => [`/broadcasts/${draft}/approval`],
  "/journeys": () => ["/journeys"],
  "/journeys/presets": () => ["/journeys/presets"],
  "/journeys/$id": ({ journey }) =>
    ["list", "canvas", "result", "versions"].map((view) => `/journeys/${journey}?view=${view}`),
  "/greetings": () => ["/greetings"],
  "/rules": () => ["/rules"],
  "/rules/$id": ({ rule }) => [`/rules/${rule}`, "/rules/new"],
  "/channels": () => ["/channels"],
  "/channels/new": () => ["/channels/new"],
  "/channels/$id": ({ channel }) => [`/channels/${channel}`],
  "/channels/$id/forwards": ({ channel }) => [`/channels/${channel}/forwards`],
  "/line-login": () => ["/line-login?error=access_denied"],
  "/settings/policy": () => ["/settings/policy"],
  "/settings/links": () => ["/settings/links"],
  "/settings/backups": () => ["/settings/backups"],
  "/settings/notices": () => ["/settings/notices"],
  "/settings/security": () => ["/settings/security"],
  "/settings/staff": () => ["/settings/staff"],
  "/settings/tokens": () => ["/settings/tokens"],
  "/settings/audit": () => ["/settings/audit"],
  "/settings/takeout": () => ["/settings/takeout"],
  "/settings/status": () => ["/settings/status"],
};

let browser: Browser;
let demo: Demo;
let ids: Ids;

beforeAll(async () => {
  if (PASSES.length === 0) return;
  [browser, demo] = await Promise.all([startBrowser(), startDemo({ people: 80, days: 25 })]);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

interface Pass {
  size: "wide" | "phone";
  scheme: "light" | "dark";
  language: "ja" | "en";
}
const SOME: Pass[] = [
  { size: "wide", scheme: "light", language: "ja" },
  { size: "phone", scheme: "dark", language: "en" },
];
const OTHERS: Pass[] = [
  { size: "phone", scheme: "light", language: "ja" },
  { size: "wide", scheme: "dark", language: "en" },
];
/** Minutes each: `LOOKS=some` has every size, colour and language once, `LOOKS=all` all of them. */
const PASSES = { some: SOME, all: [...SOME, ...OTHERS] }[process.env.LOOKS ?? ""] ?? [];

describe("every page", () => {
  it("of the router is looked at here", () => {
    const paths = readdirSync(admin(""), { recursive: true, encoding: "utf8" })
      .filter((file) => /\broutes?\.ts$/.test(file))
      .flatMap((file) => [...readFileSync(admin(file), "utf8").matchAll(/\bpath: "([^"]+)"/g)])
      .map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(40);
    expect(paths.filter((path) => !(path && path in ADDRESSES))).toEqual([]);
  });

  it.each(PASSES)(
    "is in order: $size, $scheme, $language",
    async (pass) => {
      const { page, problems } = await enter(pass);
      ids ??= await idsOf(page);
      const found: string[] = [];
      for (const path of Object.values(ADDRESSES).flatMap((addresses) => addresses?.(ids) ?? [])) {
        await page.goto(`${demo.url}/admin${path}`);
        if (!(await drawn(page))) found.push(`${path} is never ready`);
        for (const one of await wrong(page)) found.push(`${path} ${one}`);
        for (const one of problems.splice(0)) found.push(`${path} console: ${one}`);
        await shoot(
          page,
          `looks/${fileOf(path)}-${pass.size}-${pass.scheme}-${pass.language}`,
          "whole",
        );
      }
      await page.context().close();
      expect(found).toEqual([]);
    },
    900_000,
  );
});

/** A profile of its own, logged in, with its colours and language. */
async function enter({ size, scheme, language }: Pass) {
  const opened = await openPage(browser, { size });
  const { page } = opened;
  page.setDefaultTimeout(60_000);
  await page.context().addInitScript(
    ([scheme, language]) => {
      localStorage.setItem("mantine-color-scheme-value", scheme ?? "");
      localStorage.setItem("enishi.language", language ?? "");
    },
    [scheme, language],
  );
  const answer = await page.context().request.post(`${demo.url}/api/v1/session`, {
    headers: { origin: demo.url },
    data: { email: demo.email, password: demo.password },
  });
  if (!answer.ok()) throw new Error(`login: ${answer.status()} ${await answer.text()}`);
  return opened;
}

async function idsOf(page: Page): Promise<Ids> {
  const get = async <T>(path: string): Promise<T[]> => {
    const answer = await page.context().request.get(`${demo.url}/api/v1/${path}`);
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()}`);
    return ((await answer.json()) as { items: T[] }).items;
  };
  const first = async (path: string) => (await get<{ id: string }>(path))[0]?.id ?? "";
  const [talk] = await get<{ contact: { id: string }; channel_id: string }>("conversations");
  const broadcasts = await get<{ id: string; state: string }>("broadcasts");
  const done = broadcasts.find(({ state }) => state === "done")?.id ?? "";
  return {
    contact: talk?.contact.id ?? "",
    channel: talk?.channel_id ?? "",
    template: await first("templates"),
    broadcast: done,
    draft: broadcasts.find(({ state }) => state === "draft")?.id ?? done,
    journey: await first("journeys"),
    rule: await first("rules"),
    month: (await get<{ month: string }>("reports"))[0]?.month ?? "2026-10",
  };
}

/** Whether a page came, with nothing grey any more. */
async function drawn(page: Page): Promise<boolean> {
  const ready = page.waitForFunction(
    () => document.querySelector("h1") && !document.querySelector("main .mantine-Skeleton-root"),
    undefined,
    { timeout: 20_000 },
  );
  const came = await ready.then(
    () => true,
    () => false,
  );
  await page.waitForLoadState("networkidle", { timeout: 700 }).catch(() => undefined);
  return came;
}

/** Keys of words, which nobody must ever read. */
const KEYS = new Set(
  readdirSync(admin("words/ja")).flatMap((file) => {
    const words = JSON.parse(readFileSync(admin(`words/ja/${file}`), "utf8")) as object;
    return keysOf(words, "").flatMap((key) => [key, `${file.replace(".json", "")}:${key}`]);
  }),
);
function keysOf(words: object, above: string): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === "object" && value ? keysOf(value, `${above}${key}.`) : [`${above}${key}`],
  );
}

async function wrong(page: Page): Promise<string[]> {
  const axe = await axeProblems(page);
  const { sideways, texts } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: string[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode.nodeValue?.trim() ?? "");
    return { sideways: scrollWidth - clientWidth, texts };
  });
  const untold = texts.filter((text) => text.includes(".") && KEYS.has(text));
  return [
    ...axe,
    ...(sideways > 0 ? [`scrolls sideways by ${sideways} px`] : []),
    ...untold.map((key) => `untranslated: ${key}`),
  ];
}

const fileOf = (path: string) =>
  path
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "one")
    .replace(/[^a-z0-9]+/gi, "-")
    .replace(/^-|-$/g, "") || "home";
