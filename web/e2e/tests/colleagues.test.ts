/** Several accounts and several people at work: nobody answers for the wrong shop, and nobody's words are lost. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeProblems, shoot, startBrowser } from "../src/index.ts";
import { call } from "./api.ts";
import { begin, button, dialog, noticed, open } from "./clerk.ts";
import { shootFailed } from "./looking.ts";
import { openStage, type Stage } from "./stage.ts";

const CUSTOMER = "鈴木 あおい";
const OTHER = {
  channel_id: "1650000099",
  channel_secret: "fedcba9876543210fedcba9876543210",
  name: "えにし花店",
};

let browser: Browser;
let stage: Stage;
let admin: Page;
let small: Page;
let contact: string;

beforeAll(async () => {
  browser = await startBrowser();
  stage = await openStage(browser, CUSTOMER);
  ({ admin, small } = stage);
  const { sim, customer } = stage;
  await sim.post("channels", OTHER);
  const { channel } = await call<{ channel: { id: string } }>(admin, "POST", "channels", {
    line_channel_id: OTHER.channel_id,
    secret: OTHER.channel_secret,
  });
  await call(admin, "PUT", `channels/${channel.id}/webhook`, {});
  const at = (channel_id: string) => ({ user: customer, channel_id, wait: true });
  await sim.post("follow", at(OTHER.channel_id));
  await sim.post("say", { ...at(sim.channelId), text: "豆はありますか?" });
  await sim.post("say", { ...at(OTHER.channel_id), text: "花束はありますか?" });
  const { items } = await call<{ items: { id: string }[] }>(admin, "GET", "contacts");
  contact = items[0]?.id ?? "";
  await admin.reload();
  await small.reload();
});

afterAll(async () => {
  await browser?.close();
  await stage?.close();
});

shootFailed(() => ({ admin }));

describe("two accounts", () => {
  it("tells which of them a talk is with, in the list and above the room", async () => {
    await open(admin, "個別トーク");
    const list = admin.getByRole("region", { name: "トークの一覧" });
    for (const shop of ["えにし珈琲", "えにし花店"]) await list.getByText(shop).waitFor();
    await list.getByRole("link", { name: "花束はありますか?" }).click();
    const room = admin.getByRole("region", { name: "トーク", exact: true });
    await room.getByText("えにし花店").first().waitFor();
    await shoot(admin, "colleagues-talk");
    expect(await axeProblems(admin)).toEqual([]);
    await small.goto(admin.url());
    await small
      .getByRole("region", { name: "トーク", exact: true })
      .getByText("えにし花店")
      .waitFor();
    await shoot(small, "colleagues-talk-phone");
    expect(await axeProblems(small)).toEqual([]);
  });

  it("says which was stopped, and what still sends", async () => {
    await button(admin, "非常停止").click();
    expect(await dialog(admin).getByLabel("すべてのLINEアカウント").isChecked()).toBe(true);
    await dialog(admin).getByLabel("えにし花店").check();
    await shoot(admin, "colleagues-stop");
    await button(dialog(admin), "いますぐ止める").click();
    await noticed(admin, "「えにし花店」を非常停止しました。「えにし珈琲」は送信を続けています。");
  });
});

describe("two people", () => {
  const memo = (page: Page) => page.getByRole("textbox", { name: "メモ" });

  it("keeps both memos until somebody chooses", async () => {
    const address = `${stage.server.url}/admin/contacts/${contact}`;
    await Promise.all([admin.goto(address), small.goto(address)]);
    await memo(small).fill("犬連れ");
    await memo(admin).fill("窓側");
    const card = (page: Page) => memo(page).locator("xpath=ancestor::*[.//button][1]");
    await button(card(small), "保存する").click();
    await admin.getByText("ほかの人").first().waitFor();
    expect(await memo(admin).inputValue()).toBe("窓側");
    await memo(admin).scrollIntoViewIfNeeded();
    await shoot(admin, "colleagues-memo");
    expect(await axeProblems(admin)).toEqual([]);
  });

  it("shows a kept draft of a rule, and lets go of it", async () => {
    await open(admin, "自動応答");
    await begin(admin, "自動応答を作る");
    await admin.getByLabel("名前").fill("営業時間");
    await admin.reload();
    await admin.getByText("前回の書きかけを開いています。").waitFor();
    await shoot(admin, "colleagues-rule");
    await button(admin, "書きかけを捨てる").click();
    expect(await admin.getByLabel("名前").inputValue()).toBe("");
    expect(await admin.getByText("前回の書きかけを開いています。").count()).toBe(0);
  });

  it("tells people of one name apart", async () => {
    await call(admin, "PATCH", `contacts/${contact}`, { staff: true });
    await admin.goto(`${stage.server.url}/admin/rules`);
    await admin
      .getByRole("combobox", { name: /だれの場合で見るか/ })
      .first()
      .click();
    await admin
      .getByRole("option", { name: /スタッフ.*友だち追加/ })
      .first()
      .waitFor();
    await shoot(admin, "colleagues-people");
    expect(await axeProblems(admin)).toEqual([]);
  });
});

describe("the first page", () => {
  it("does not say that all is well when it could not look", async () => {
    await admin.route("**/api/v1/notices/open", (route) => route.abort());
    await admin.goto(`${stage.server.url}/admin/`);
    await admin.getByText("すべては確かめられませんでした").waitFor();
    expect(await admin.getByText("いま対応が必要なことはありません。").count()).toBe(0);
    await shoot(admin, "colleagues-home");
    expect(await axeProblems(admin)).toEqual([]);
    await admin.unroute("**/api/v1/notices/open");
    await button(admin, "もう一度試す").click();
    await admin.getByText("すべては確かめられませんでした").waitFor({ state: "detached" });
  });
});

describe("a tab behind others", () => {
  it("leaves a talk unread until somebody looks", async () => {
    const { items } = await call<{ items: { id: string; name: string }[] }>(
      admin,
      "GET",
      "channels",
    );
    const coffee = items.find((one) => one.name === "えにし珈琲")?.id;
    const talk = `${coffee}/${contact}`;
    const unread = async () =>
      (await call<{ unread: number }>(admin, "GET", `conversations/${talk}`)).unread;
    await small.addInitScript(() => {
      const looked = () => (document.documentElement.dataset.looked ? "visible" : "hidden");
      Object.defineProperty(document, "visibilityState", { get: looked });
    });
    await small.goto(`${stage.server.url}/admin/talk/${talk}`);
    await small.getByRole("log").getByText("豆はありますか?").waitFor();
    await small.waitForTimeout(1_000);
    expect(await unread()).toBe(1);
    await small.evaluate(() => {
      document.documentElement.dataset.looked = "yes";
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await expect.poll(unread).toBe(0);
  });
});
