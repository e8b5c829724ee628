/** Rules, links, backups and the state of the machine: what the shop sets once and looks at when something feels wrong. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startBrowser } from "../src/index.ts";
import { call } from "./api.ts";
import { button, goOn, noticed, open, pick } from "./clerk.ts";
import { everyWay, look, shootFailed } from "./looking.ts";
import { openStage, type Stage } from "./stage.ts";

const CUSTOMER = "佐藤 みどり";
const DAY = 86_400_000;

let browser: Browser;
let stage: Stage;
let contact: string;

/** A broadcast of one text to all friends, sent. */
async function broadcast(name: string, text: string) {
  const channels = await call<{ items: { id: string }[] }>(stage.admin, "GET", "channels");
  const template = await call<{ id: string }>(stage.admin, "POST", "templates", {
    name,
    messages: [{ type: "text", text }],
  });
  const made = await call<{ id: string }>(stage.admin, "POST", "broadcasts", {
    channel_id: channels.items[0]?.id,
    template_id: template.id,
    audience: { to: "all" },
    name,
  });
  return made.id;
}

const friend = async () =>
  (await call<{ items: { id: string }[] }>(stage.admin, "GET", "contacts")).items[0]?.id ?? "";

beforeAll(async () => {
  browser = await startBrowser();
  stage = await openStage(browser, CUSTOMER);
  await stage.phone.getByRole("log").waitFor();
  contact = await vi.waitUntil(friend, { timeout: 60_000, interval: 250 });
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

shootFailed(() => {
  const { admin, small, phone } = stage;
  return { admin, small, phone };
});

describe("operations", () => {
  it("leads from the customer's phone to the shop with the shop's marks", async () => {
    const { admin, phone } = stage;
    await open(admin, "リンク");
    await button(admin, "つながるか確かめる").click();
    await admin.getByText("つながりました").waitFor();
    const utm = admin.getByRole("region", { name: "アクセス解析の印(utm)" });
    await utm.getByRole("switch", { name: "計測リンクにもつける" }).click();
    await utm.getByLabel("utm_campaign").fill("");
    await button(utm, "配信の名前").click();
    await utm.getByText("utm_campaign=春のセール").waitFor();
    await button(utm, "保存する").click();
    await noticed(admin, "保存しました");
    await everyWay(stage, "/settings/links", "リンク", "operations-links");

    const id = await broadcast("新豆 & 春", "新しい豆です https://shop.example/beans");
    const { items: findings } = await call<{ items: { check: string; level: string }[] }>(
      stage.admin,
      "POST",
      `broadcasts/${id}/check`,
    );
    expect(findings.find(({ check }) => check === "utm")?.level).toBe("ok");
    await call(stage.admin, "POST", `broadcasts/${id}/confirm`);
    await phone.getByRole("log").getByText("新しい豆です").waitFor();
    const rooms = await stage.sim.get<object>(
      `rooms/${stage.customer}?channel_id=${stage.sim.channelId}`,
    );
    const link = /http:[^"\\ ]+\/l\/[^"\\ ]+/.exec(JSON.stringify(rooms))?.[0];
    const led = await fetch(link ?? "", { redirect: "manual" });
    const to = new URL(led.headers.get("location") ?? "");
    expect(to.origin).toBe("https://shop.example");
    expect(to.searchParams.get("utm_campaign")).toBe("新豆 & 春");
  });

  it("tells before saving what a rule would have done", async () => {
    const { admin } = stage;
    await open(admin, "配信ルール");
    await admin.getByRole("switch", { name: "返信を待っている人" }).click();
    const past = admin.getByRole("status", { name: "保存する前に: 過去に当てはめると" });
    await past.getByText("過去30日に送った販促 1通のうち 0通が止まっていました。").waitFor();
    await button(admin, "条件を加える").click();
    await admin.getByLabel("条件の名前").fill("卸のお客さま");
    await call(stage.admin, "POST", "tags", { name: "卸" });
    await admin.reload();
    await admin.getByText("前回の書きかけを開いています。").waitFor();
    expect(await admin.getByLabel("条件の名前").inputValue()).toBe("卸のお客さま");
    await pick(admin, "タグがついている", "卸");
    const { items } = await call<{ items: { id: string; name: string }[] }>(
      stage.admin,
      "GET",
      "tags",
    );
    const tag = items.find(({ name }) => name === "卸")?.id;
    await call(stage.admin, "PATCH", `contacts/${contact}`, { add_tags: [tag] });
    await admin.getByRole("switch", { name: "買ったばかりの人" }).click();
    await admin.getByText("未連携").waitFor();
    await admin.getByLabel("購入を知らせるイベント").first().fill("order_placed");
    await past.getByText("過去30日に送った販促 1通のうち 1通が止まっていました。").waitFor();
    await look(admin, "operations-rules-1440");
    await button(admin, "保存する").click();
    await noticed(admin, "保存しました");
    await admin.reload();
    await admin.getByRole("heading", { level: 1 }).waitFor();
    expect(await admin.getByText("前回の書きかけを開いています。").count()).toBe(0);
    await everyWay(stage, "/settings/policy", "配信ルール", "operations-policy");
  });

  it("shows on the friend's page and before a broadcast who is left out and why", async () => {
    const { admin, phone } = stage;
    await admin.goto(`${stage.server.url}/admin/contacts/${contact}`);
    await admin.getByRole("tab", { name: "配信", exact: true }).click();
    await admin.getByText("除外の条件「卸のお客さま」に当てはまるため").first().waitFor();
    const id = await broadcast("届かない販促", "これは届きません");
    await admin.goto(`${stage.server.url}/admin/broadcasts/new?draft=${id}`);
    await goOn(admin, "内容", "日時", "確認");
    await admin.getByText("除外の条件に該当").first().waitFor();
    await look(admin, "operations-broadcast-refused");
    await call(stage.admin, "POST", `broadcasts/${id}/confirm`);
    await expect
      .poll(
        async () => (await call<{ state: string }>(stage.admin, "GET", `broadcasts/${id}`)).state,
      )
      .toBe("done");
    expect(await phone.getByRole("log").getByText("これは届きません").count()).toBe(0);
  });

  it("shows how the machine is", async () => {
    const { admin } = stage;
    await open(admin, "システム");
    await admin.getByText("まだ一度も取っていません。").waitFor();
    await admin.getByText("届いたものはすぐに処理されています。").waitFor();
    await everyWay(stage, "/settings/status", "システム", "operations-system");
    expect(stage.problems).toEqual([]);
  });

  it("takes a backup, and every day one by itself", async () => {
    const { admin, sim, server } = stage;
    await admin.getByRole("link", { name: "バックアップを開く" }).click();
    await admin.getByText("バックアップがありません").waitFor();
    await button(admin, "いま取る").click();
    const list = admin.getByRole("region", { name: "取ったバックアップ" });
    await list.getByText("読み返して確認ずみ").waitFor();
    await admin.getByRole("switch", { name: "毎日自動で取る" }).click();
    await button(admin, "保存する").click();
    await noticed(admin, "保存しました");
    await everyWay(stage, "/settings/backups", "バックアップ", "operations-backups");
    const href = await list.getByRole("link", { name: "取り出す" }).getAttribute("href");
    const file = await admin.context().request.get(`${server.url}${href}`);
    const archive = await file.body();
    expect(archive.length % 512).toBe(0);
    expect(archive.includes("SQLite format 3")).toBe(true);
    expect(archive.includes("backup.json")).toBe(true);
    const { now_ms } = await sim.get<{ now_ms: number }>("clock");
    await sim.post("clock", { advance_to: now_ms + 2 * DAY });
    await expect
      .poll(
        async () => (await call<{ items: object[] }>(stage.admin, "GET", "backups")).items.length,
      )
      .toBeGreaterThan(1);
    await open(admin, "操作ログ");
    await admin.getByText("バックアップを取り出した").first().waitFor();
    expect(stage.problems).toEqual([]);
  });
});
