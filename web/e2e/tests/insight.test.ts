/** Figures that staff live by: friends come and go, messages go out, and the pages say so – and tell who must know. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  axeProblems,
  listenForWebhooks,
  type Server,
  type SimServer,
  shoot,
  startBrowser,
  startServer,
  startSim,
  type Webhook,
} from "../src/index.ts";
import { call } from "./api.ts";
import { button, dialog, noticed, open, patientPage, pick, tryLogin } from "./clerk.ts";
import { shootFailed } from "./looking.ts";
import { makeMenu } from "./menus.ts";
import { CHANNEL, OWNER, SHOP } from "./stage.ts";

const DAY = 86_400_000;
const PATIENCE = { timeout: 60_000, interval: 100 };

let browser: Browser;
let sim: SimServer;
let server: Server;
let hook: Webhook;
let admin: Page;
let phone: Page;
let problems: string[];
let first: number;

beforeAll(async () => {
  hook = await listenForWebhooks();
  [browser, sim] = await Promise.all([
    startBrowser(),
    startSim({ users: 3, friends: 0, ...CHANNEL }),
  ]);
  await sim.post("channels", { channel_id: sim.channelId, name: SHOP });
  ({ first } = await sim.post<{ first: number }>("users", { count: 12 }));
  await sim.post("clock", { advance_to: await nextTenth() });
  server = await startServer({ line: sim.url, workspace: SHOP, staff: [OWNER] });
  ({ page: admin, problems } = await patientPage(browser, "wide"));
  ({ page: phone } = await patientPage(browser, "phone"));
  await phone.goto(`${sim.url}/#users=${first}`);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await sim?.stop();
  await hook?.stop();
});

shootFailed(() => ({ admin }));

/** Nine in the morning of the tenth of the next month, in Japan: far from where months turn. */
async function nextTenth() {
  const now = new Date(await clock());
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10);
}
const clock = async () => (await sim.get<{ now_ms: number }>("clock")).now_ms;
const later = async (ms: number) => sim.post("clock", { advance_to: (await clock()) + ms });
const does = (act: string, user: number) =>
  sim.post(act, { user, channel_id: sim.channelId, wait: true });

/** Until everything that was begun is done. */
const settled = () =>
  expect
    .poll(async () => (await call<{ idle: boolean }>(admin, "GET", "status")).idle, PATIENCE)
    .toBe(true);

async function looked(name: string) {
  expect(await axeProblems(admin)).toEqual([]);
  await shoot(admin, `insight-${name}-wide`, "whole");
  await admin.setViewportSize({ width: 390, height: 844 });
  expect(await axeProblems(admin)).toEqual([]);
  await shoot(admin, `insight-${name}-phone`, "whole");
  await admin.setViewportSize({ width: 1440, height: 900 });
}

describe("a shop's figures", () => {
  let channel: string;
  let template: string;
  const friends = async () => {
    const { items } = await call<{
      items: { id: string; friendships: { state: string }[] }[];
    }>(admin, "GET", "contacts?limit=50");
    return items.filter((one) => one.friendships.some(({ state }) => state === "friend"));
  };
  /** Everything said to anybody, as it stands in the talk rooms. */
  const heard = async () => {
    const rooms = Array.from({ length: 10 }, (_, n) =>
      sim.get(`rooms/${first + n}?channel_id=${sim.channelId}`),
    );
    return JSON.stringify(await Promise.all(rooms));
  };

  it("begins with nothing counted, and says so instead of 0", async () => {
    await admin.goto(`${server.url}/admin/`);
    await tryLogin(admin, OWNER.email, OWNER.password);
    await admin.getByText("まず、LINEアカウントを接続しましょう").waitFor();
    // Chromium itself reports that nobody was logged in.
    problems.length = 0;
    const made = await call<{ id?: string; channel?: { id: string } }>(admin, "POST", "channels", {
      name: SHOP,
      line_channel_id: CHANNEL.channelId,
      secret: CHANNEL.channelSecret,
      provider_name: "えにし",
    });
    channel = made.id ?? made.channel?.id ?? "";
    await call(admin, "PUT", `channels/${channel}/webhook`, {});
    await admin.reload();
    await admin.getByText("まだ記録がありません。").waitFor();
    await open(admin, "月次レポート");
    await admin.getByText("まだレポートがありません").waitFor();
    await looked("empty-reports");
  });

  it("counts friends, blocks, sends and clicks as they happen", async () => {
    for (let n = 0; n < 10; n++) await does("follow", first + n);
    await settled();
    const { id } = await call<{ id: string }>(admin, "POST", "templates", {
      name: "秋の新豆",
      messages: [{ type: "text", text: "新豆が入りました。 https://example.com/beans" }],
    });
    template = id;
    await later(DAY);
    await does("block", first + 9);
    const broadcast = await call<{ id: string }>(admin, "POST", "broadcasts", {
      channel_id: channel,
      template_id: template,
      name: "秋の新豆のご案内",
      audience: { to: "all" },
      category: "reading",
      link_mode: "person",
    });
    await call(admin, "POST", `broadcasts/${broadcast.id}/confirm`, {});
    await settled();
    await phone.getByText("新豆が入りました。").first().waitFor();
    const { rooms } = await sim.get<{ rooms: { messages: { message?: { text?: string } }[] }[] }>(
      `rooms/${first}?channel_id=${sim.channelId}`,
    );
    const url = JSON.stringify(rooms).match(/http:[^"\s\\]+\/l\/[^"\s\\]+/)?.[0] ?? "";
    await fetch(url, { redirect: "manual" });
    await settled();

    await admin.goto(`${server.url}/admin/`);
    const main = admin.getByRole("main");
    await main.getByText("9人", { exact: true }).first().waitFor();
    await main.getByText("友だち追加した10人のうちブロック 1人(ブロック率 10%)").waitFor();
    await main.getByText("9通", { exact: true }).first().waitFor();
    await main.getByText("1人", { exact: true }).first().waitFor();
    await main.getByRole("img", { name: /有効友だちの動き/ }).waitFor();
    await main.getByRole("row", { name: /一斉配信 9 0 0 0/ }).waitFor();
    await looked("home");
    await button(admin, "数字で見る").first().click();
    const table = admin.getByRole("region", { name: "有効友だちの動き" });
    await table.getByRole("cell", { name: "10", exact: true }).first().waitFor();
    await admin.getByText("7日", { exact: true }).click();
    await admin.waitForURL(/days=7/);
    expect(await axeProblems(admin)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("shows a calendar of what went and what will go", async () => {
    const at = (await clock()) + 2 * DAY;
    const planned = await call<{ id: string }>(admin, "POST", "broadcasts", {
      channel_id: channel,
      template_id: template,
      name: "週末セール",
      audience: { to: "all" },
      category: "promotion",
      send_at: at,
    });
    await call(admin, "POST", `broadcasts/${planned.id}/confirm`, {});
    await admin.goto(`${server.url}/admin/calendar?day=${new Date(at).toISOString().slice(0, 10)}`);
    await admin.getByRole("link", { name: /秋の新豆のご案内.*読み物.*9人/ }).waitFor();
    await admin.getByRole("link", { name: /週末セール.*販促/ }).waitFor();
    await admin.getByText("読み物 1件(50%)").waitFor();
    await looked("calendar");
    await admin.getByText("週", { exact: true }).click();
    await admin.waitForURL(/view=week/);
    await admin.getByRole("link", { name: /週末セール/ }).waitFor();
    await looked("calendar-week");
    await admin.goBack();
    await admin.waitForURL((url) => !url.search.includes("view"));
    await call(admin, "POST", `broadcasts/${planned.id}/cancel`, {});
  });

  it("shows on which day scenarios switch the rich menu, and for how many", async () => {
    const menu = await makeMenu(sim, "会員さま向け", "会員メニュー");
    const people = await friends();
    const switches = (id: string, to: string | null) => ({
      id,
      do: "actions",
      actions: [{ action: "rich_menu", rich_menu_id: to }],
    });
    const { id } = await call<{ id: string }>(admin, "POST", "journeys", {
      name: "会員になった人",
      channel_id: channel,
      trigger: { on: "hand" },
      nodes: [
        switches("on", menu),
        { id: "wait", do: "wait", until: { after: { hours: 1 } } },
        switches("off", null),
      ],
    });
    await call(admin, "POST", `journeys/${id}/publish`, {});
    await call(admin, "POST", `journeys/${id}/enroll`, {
      contact_ids: people.map((one) => one.id),
    });
    await settled();
    await button(phone, new RegExp(`^${SHOP}`)).click();
    await button(phone, /^会員メニュー/).waitFor();
    await admin.goto(
      `${server.url}/admin/calendar?day=${new Date(await clock()).toISOString().slice(0, 10)}`,
    );
    await admin.getByRole("link", { name: /^メニュー切替 「会員さま向け」 9人/ }).waitFor();
    await admin.getByRole("link", { name: /^メニュー切替の予定 元に戻す 9人/ }).waitFor();
    await admin.getByRole("list", { name: "色の見かた" }).getByText("リッチメニュー").waitFor();
    await looked("calendar-menus");
    await admin.emulateMedia({ colorScheme: "dark" });
    await shoot(admin, "insight-calendar-menus-dark", "whole");
    await admin.emulateMedia({ colorScheme: "light" });
    // The hour comes: the customer has the account's own again, which is none.
    await later(3_660_000);
    await settled();
    await button(phone, /^会員メニュー/).waitFor({ state: "detached" });
    await admin.reload();
    await admin.getByRole("link", { name: /^メニュー切替 元に戻す 9人/ }).waitFor();
  });

  it("tells a member of staff by LINE, and a program by a signed call", async () => {
    await open(admin, "お知らせ");
    await button(admin, "通知先を追加").click();
    const form = dialog(admin);
    await pick(form, "届け方", "Webhook");
    await form.getByLabel("名前").fill("社内システム");
    await form.getByLabel("送り先のURL").fill("http://10.0.0.1/hook");
    await button(form, "保存する").click();
    await form.getByText("https の公開アドレスだけが使えます。").waitFor();
    await form.getByLabel("送り先のURL").fill(hook.url);
    await shoot(admin, "insight-notice-form");
    expect(await axeProblems(admin)).toEqual([]);
    await button(form, "保存する").click();
    await noticed(admin, "保存しました");

    const mine = (await friends())[0]?.id ?? "";
    const input = {
      road: "line",
      name: "店長のLINE",
      channel_id: channel,
      contact_id: mine,
      causes: ["quota", "webhook_silent"],
    };
    await expect(call(admin, "POST", "notice-targets", input)).rejects.toThrow(/not_staff/);
    problems.length = 0;
    await call(admin, "PATCH", `contacts/${mine}`, { staff: true });
    await settled();
    await call(admin, "POST", "notice-targets", input);
    await admin.reload();
    const line = admin.getByText("店長のLINE");
    await line.waitFor();
    await button(admin, "テスト").first().click();
    await button(dialog(admin), "送る").click();
    const test = await hook.wait(({ body }) => body.includes("notice_test"));
    expect(JSON.parse(test.body)).toMatchObject({
      kind: "notice_test",
      title: "お知らせのテストです",
    });
    await admin.getByText(/最後のテスト: 届けた/).waitFor();
    await looked("notices");
  });

  it("tells once that LINE fell silent, and rings the bell", async () => {
    await later(2 * DAY);
    await settled();
    const told = await hook.wait(({ body }) => body.includes("webhook_silent"));
    expect(JSON.parse(told.body)).toMatchObject({ kind: "notice", cause: "webhook_silent" });
    expect(await heard()).toMatch(/LINEからの通知が\d+時間届いていません/);
    await later(2 * DAY);
    await settled();
    expect(hook.received.filter(({ body }) => body.includes('"webhook_silent"'))).toHaveLength(1);
    await admin.reload();
    await admin.getByRole("button", { name: /お知らせ 1件/ }).click();
    await admin
      .getByRole("link", { name: /LINEからの通知が.*時間届いていません/ })
      .first()
      .waitFor();
    await shoot(admin, "insight-bell");
    expect(await axeProblems(admin)).toEqual([]);
    await admin.keyboard.press("Escape");
    await admin.getByText("続いています").waitFor();

    // Somebody writes: it is over, by itself.
    await sim.post("say", {
      user: first + 1,
      channel_id: sim.channelId,
      wait: true,
      text: "こんにちは",
    });
    await later(DAY);
    await settled();
    await admin.reload();
    await admin.getByText("おさまりました").waitFor();
  });

  it("keeps a month when it is over, with a comment that survives", async () => {
    const now = new Date((await clock()) + 9 * 3_600_000);
    const month = now.toISOString().slice(0, 7);
    const next = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 2) - 9 * 3_600_000;
    await sim.post("clock", { advance_to: next });
    await settled();
    await admin.goto(`${server.url}/admin/reports`);
    await admin.getByText(/確定/).first().waitFor();
    await looked("reports");
    await admin.goto(`${server.url}/admin/reports/${month}`);
    await admin.getByRole("heading", { level: 1, name: /の月次レポート/ }).waitFor();
    const box = admin.getByRole("textbox", { name: "コメント" });
    await box.fill("新豆の案内がよく読まれた。");
    await admin.reload();
    await admin.getByText("前回の書きかけを開いています。").waitFor();
    expect(await box.inputValue()).toBe("新豆の案内がよく読まれた。");
    await button(admin, "コメントを保存").click();
    await noticed(admin, "保存しました");
    await looked("report");
    const [file] = await Promise.all([
      admin.waitForEvent("download"),
      button(admin, "CSV").click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    const csv = Buffer.concat(chunks).toString("utf8");
    expect(csv.startsWith("\ufeff")).toBe(true);
    expect(csv).toContain("新豆の案内がよく読まれた。");
    await admin.emulateMedia({ media: "print" });
    await shoot(admin, "insight-report-print", "whole");
    expect(await admin.getByRole("navigation").first().isVisible()).toBe(false);
    await admin.emulateMedia({ media: "screen", colorScheme: "dark" });
    await admin.goto(`${server.url}/admin/`);
    await admin.getByRole("img", { name: /有効友だちの動き/ }).waitFor();
    await shoot(admin, "insight-home-dark", "whole");
    await admin.emulateMedia({ colorScheme: "light" });
    expect(problems).toEqual([]);
  });
});
