/** Nothing leaves that was not looked at: counted anew, changed by others, begun by somebody who may not. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, shoot, startBrowser } from "../src/index.ts";
import { call } from "./api.ts";
import { begin, button, dialog, goOn, open, patientPage, pick } from "./clerk.ts";
import { look, shootFailed } from "./looking.ts";
import { CLERK, connect, enter, type House, OWNER, openHouse } from "./stage.ts";

const FRIENDS = 6;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let browser: Browser;
let house: House;
let owner: Page;
let clerk: Page;
let channel: string;
let template: string;
let tag: string;

const checks = (page: Page) => page.getByRole("region", { name: "内容の確認" });

beforeAll(async () => {
  [browser, house] = await Promise.all([
    startBrowser(),
    openHouse({ more: [CLERK], users: FRIENDS }),
  ]);
  const { sim, server } = house;
  ({ page: owner } = await patientPage(browser, "wide"));
  ({ page: clerk } = await patientPage(browser, "phone"));
  await enter(owner, server.url, OWNER);
  await enter(clerk, server.url, CLERK);
  channel = await connect(owner);
  for (let user = 0; user < FRIENDS; user++)
    await sim.post("follow", { user, channel_id: sim.channelId, wait: true });
  ({ id: template } = await call<{ id: string }>(owner, "POST", "templates", {
    name: "新豆",
    messages: [{ type: "text", text: "新豆が入りました。" }],
  }));
  ({ id: tag } = await call<{ id: string }>(owner, "POST", "tags", { name: "常連" }));
  const { items } = await call<{ items: { id: string }[] }>(owner, "GET", "contacts");
  await call(owner, "PATCH", `contacts/${items[0]?.id}`, { add_tags: [tag] });
  await owner.reload();
});

afterAll(async () => {
  await browser?.close();
  await house?.close();
});

shootFailed(() => ({ owner, clerk }));

describe("a broadcast", () => {
  it("is counted anew when it comes back to the check", async () => {
    const id = await draft({ to: "tags", all: [tag], any: [], none: [] }, "数え直す");
    await toCheck(id);
    await button(owner, "1人に配信する").waitFor();
    const counted = gate();
    await owner.route("**/broadcasts/*/preview", async (route) => {
      await counted.opened;
      await route.continue();
    });
    await owner.getByRole("button", { name: "配信先", exact: true }).click();
    await owner.getByRole("radio", { name: "友だち全員" }).click();
    await goOn(owner, "内容", "日時", "確認");
    await owner.getByRole("main").getByRole("status", { name: "読み込み中" }).waitFor();
    expect(await button(owner, "1人に配信する").count()).toBe(0);
    counted.open();
    await button(owner, `${FRIENDS}人に配信する`).waitFor();
    await owner.unroute("**/broadcasts/*/preview");
  });

  it("is not sent with what somebody else wrote meanwhile", async () => {
    // A line that is lost for a moment: the page hears nothing of it.
    await owner.route("**/api/v1/live", (route) => route.abort());
    const id = await draft({ to: "all" }, "春のお知らせ");
    await toCheck(id);
    const send = button(owner, `${FRIENDS}人に配信する`);
    await send.waitFor();
    await call(owner, "PUT", `templates/${template}`, {
      messages: [{ type: "text", text: "夏のお知らせです。" }],
    });
    await send.click();
    await button(dialog(owner), "配信する").click();
    await owner.getByText("確認のあいだに内容が変わりました").waitFor();
    await owner.getByRole("log").getByText("夏のお知らせです。").waitFor();
    await checks(owner).getByText("問題なし").first().waitFor();
    await look(owner, "sure-changed");
    expect((await call<{ state: string }>(owner, "GET", `broadcasts/${id}`)).state).toBe("draft");
    await owner.unroute("**/api/v1/live");
    await owner.reload();
  });

  it("says so by itself where the page hears of it", async () => {
    const id = await draft({ to: "all" }, "秋のお知らせ");
    await toCheck(id);
    await button(owner, `${FRIENDS}人に配信する`).waitFor();
    await call(
      owner,
      "PUT",
      `broadcasts/${id}`,
      body({ to: "tags", all: [tag], any: [], none: [] }, "別の名前"),
    );
    await owner.getByText("確認のあいだに内容が変わりました").waitFor();
    // The colleague's draft has an hour of its own.
    await button(owner, /^1人(に配信|への配信を予約)する$/).waitFor();
  });

  it("begins empty once the one before is stored, and may be the same again", async () => {
    for (const n of [1, 2]) {
      await open(owner, "一斉配信");
      await begin(owner, "一斉配信を作る");
      expect(await owner.getByLabel("配信の名前").inputValue()).toBe("");
      expect(new URL(owner.url()).searchParams.get("draft")).toBeNull();
      await owner.getByLabel("配信の名前").fill("毎週のお知らせ");
      await goOn(owner, "内容");
      await pick(owner, "テンプレート", "新豆");
      await goOn(owner, "日時", "確認");
      await button(owner, `${FRIENDS}人に配信する`).waitFor();
      expect(new URL(owner.url()).searchParams.get("draft")).toBeTruthy();
      await open(owner, "一斉配信");
      await expect
        .poll(() => owner.getByRole("link", { name: "毎週のお知らせ", exact: true }).count())
        .toBe(n);
    }
  });

  it("keeps the hour after which it does not go", async () => {
    const { now_ms } = await house.sim.get<{ now_ms: number }>("clock");
    const send_at = now_ms + 2 * DAY;
    const until = { send_at, not_after: send_at + 3 * HOUR };
    const id = await draft({ to: "all" }, "三時間だけ", until);
    await toCheck(id, "booked");
    await owner.getByText(/を過ぎたら送らない$/).waitFor();
    const kept = await call<{ not_after: number }>(owner, "GET", `broadcasts/${id}`);
    expect(kept.not_after).toBe(Math.floor(until.not_after / 60_000) * 60_000);
  });
});

describe("who may not send", () => {
  it("starts no scenario for anybody", async () => {
    const { id: journey } = await call<{ id: string }>(owner, "POST", "journeys", {
      name: "ようこそ",
      channel_id: channel,
      trigger: { on: "tag", tag },
      nodes: [{ do: "message", template }],
    });
    await call(owner, "POST", `journeys/${journey}/publish`, {});
    await clerk.goto(`${house.server.url}/admin/contacts`);
    await clerk.getByRole("checkbox").nth(1).click();
    await button(clerk, "まとめて操作").click();
    await clerk.getByRole("menuitem", { name: "タグをつける" }).waitFor();
    expect(await clerk.getByRole("menuitem", { name: "シナリオを始める" }).count()).toBe(0);
    await clerk.getByRole("menuitem", { name: "タグをつける" }).click();
    await pick(dialog(clerk), "タグ", "常連");
    await clerk.getByText("配信の権限があるスタッフだけが実行できます").waitFor();
    expect(await button(dialog(clerk), /人に実行する$/).isDisabled()).toBe(true);
    await shoot(clerk, "sure-may-not");
    expect(await axeProblems(clerk)).toEqual([]);
  });

  it("and who may is asked first", async () => {
    await owner.goto(`${house.server.url}/admin/contacts`);
    await owner.getByRole("checkbox").nth(1).click();
    await button(owner, "まとめて操作").click();
    await owner.getByRole("menuitem", { name: "シナリオを始める" }).click();
    await pick(dialog(owner), "シナリオ", "ようこそ");
    await button(dialog(owner), "1人に実行する").click();
    await owner.getByText("1人のシナリオを始めますか?").waitFor();
    await shoot(owner, "sure-start");
    expect(await axeProblems(owner)).toEqual([]);
    await button(owner, "始める").click();
    await expect.poll(() => told("夏のお知らせです。"), { timeout: 60_000 }).toBe(1);
  });
});

/** Something to wait for, and the way to let it happen. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** How many people have this in their talk. */
async function told(words: string): Promise<number> {
  const { sim } = house;
  const rooms = await Promise.all(
    Array.from({ length: FRIENDS }, (_, user) =>
      sim.get<object>(`rooms/${user}?channel_id=${sim.channelId}`),
    ),
  );
  return rooms.filter((room) => JSON.stringify(room).includes(words)).length;
}

const body = (audience: object, name: string, more: object = {}) => ({
  channel_id: channel,
  template_id: template,
  audience,
  name,
  ...more,
});

const draft = async (audience: object, name: string, more: object = {}) =>
  (await call<{ id: string }>(owner, "POST", "broadcasts", body(audience, name, more))).id;

/** A stored draft, opened and walked to its last step, to go at once or when it says. */
async function toCheck(id: string, when: "now" | "booked" = "now") {
  await owner.goto(`${house.server.url}/admin/broadcasts/new?draft=${id}`);
  await owner.getByLabel("配信の名前").waitFor();
  await goOn(owner, "内容", "日時");
  if (when === "now") await owner.getByRole("radio", { name: "確認したらすぐに送る" }).check();
  await goOn(owner, "確認");
  await checks(owner).waitFor();
}
