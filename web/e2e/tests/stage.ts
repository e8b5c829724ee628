/** A shop that is connected already, a friend at the phone, and the clerk at a desk and on a phone. */
import type { Browser, Page } from "playwright-core";
import { type Server, type SimServer, type Staff, startServer, startSim } from "../src/index.ts";
import { call } from "./api.ts";
import { button, patientPage, tryLogin } from "./clerk.ts";

export const SHOP = "えにし珈琲";
export const OWNER = {
  email: "owner@example.com",
  password: "kohi-no-kaori-1",
  role: "owner",
} as const;
export const CLERK = {
  email: "clerk@example.com",
  password: "mise-no-hito-22",
  role: "operator",
} as const;
export const CHANNEL = {
  channelId: "1650000043",
  channelSecret: "0123456789abcdef0123456789abcdef",
};

const [DAY, HOUR] = [86_400_000, 3_600_000];

export interface House {
  sim: SimServer;
  server: Server;
  close: () => Promise<void>;
}

interface HouseWishes {
  /** Who works there besides the owner. */
  more?: Staff[];
  users?: number;
  friends?: number;
  host?: "127.0.0.1" | "localhost";
}

/** The server of a shop whose account LINE knows, and nobody has connected yet. */
export async function openHouse(wishes: HouseWishes = {}): Promise<House> {
  const { more = [], users = 3, friends = 0, host = "127.0.0.1" } = wishes;
  const sim = await startSim({ users, friends, ...CHANNEL });
  await sim.post("channels", { channel_id: sim.channelId, name: SHOP });
  await morning(sim);
  const staff = [OWNER, ...more];
  const server = await startServer({ line: sim.url, workspace: SHOP, staff, host });
  const close = async () => {
    await server.stop();
    await sim.stop();
  };
  return { sim, server, close };
}

/** The next ten o'clock in Japan: at night the shop's rules hold marketing back. */
export async function morning(sim: SimServer): Promise<void> {
  const { now_ms } = await sim.get<{ now_ms: number }>("clock");
  await sim.post("clock", { advance_to: Math.ceil((now_ms - HOUR) / DAY) * DAY + HOUR });
}

/** Logged in, with whatever page comes first. */
export async function enter(page: Page, url: string, { email, password }: Staff): Promise<void> {
  await page.goto(`${url}/admin/`);
  await tryLogin(page, email, password);
  const menu = page.getByRole("navigation", { name: "メインメニュー" });
  await menu.first().waitFor({ state: "attached" });
}

/** Through the API: how it is done by hand is the first days' story. Answers with the account's id. */
export async function connect(page: Page): Promise<string> {
  const { channel } = await call<{ channel: { id: string } }>(page, "POST", "channels", {
    line_channel_id: CHANNEL.channelId,
    secret: CHANNEL.channelSecret,
  });
  await call(page, "PUT", `channels/${channel.id}/webhook`, {});
  await page.reload();
  return channel.id;
}

export interface Stage extends House {
  /** The clerk at a desk. */
  admin: Page;
  /** The same clerk on a phone. */
  small: Page;
  /** The customer's phone. */
  phone: Page;
  customer: number;
  /** What the desk's page complained of. */
  problems: string[];
}

/** Ten in the morning in Japan, with a friend of this name; `more` works there besides the owner. */
export async function openStage(
  browser: Browser,
  name: string,
  more: Staff[] = [],
): Promise<Stage> {
  const house = await openHouse({ more });
  const { sim, server } = house;
  const { first: customer } = await sim.post<{ first: number }>("users", { name });
  const [desk, hand, customers] = await Promise.all([
    patientPage(browser, "wide"),
    patientPage(browser, "phone"),
    patientPage(browser, "phone"),
  ]);
  for (const { page } of [desk, hand]) await enter(page, server.url, OWNER);
  await connect(desk.page);
  await customers.page.goto(`${sim.url}/#users=${customer}`);
  await button(customers.page, `${SHOP} 友だちに追加`).click();
  // Before somebody is logged in, Chromium reports the refusal.
  desk.problems.length = 0;
  const pages = { admin: desk.page, small: hand.page, phone: customers.page };
  return { ...house, ...pages, customer, problems: desk.problems };
}
