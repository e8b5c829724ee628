/** A shop that is connected already, a friend at the phone, and the clerk at a desk and on a phone. */
import type { Browser, Page } from "playwright-core";
import { type Server, type SimServer, type Staff, startServer, startSim } from "../src/index.ts";
import { button, patientPage, tryLogin } from "./clerk.ts";

const SHOP = "えにし珈琲";
export const OWNER = {
  email: "owner@example.com",
  password: "kohi-no-kaori-1",
  role: "owner",
} as const;
const CHANNEL = { channelId: "1650000043", channelSecret: "0123456789abcdef0123456789abcdef" };

export interface Stage {
  sim: SimServer;
  server: Server;
  /** The clerk at a desk. */
  admin: Page;
  /** The same clerk on a phone. */
  small: Page;
  /** The customer's phone. */
  phone: Page;
  customer: number;
  /** What the desk's page complained of. */
  problems: string[];
  close: () => Promise<void>;
}

const [DAY, HOUR] = [86_400_000, 3_600_000];

/** Logged in, with whatever page comes first. */
export async function enter(page: Page, url: string, { email, password }: Staff) {
  await page.goto(`${url}/admin/`);
  await tryLogin(page, email, password);
  const menu = page.getByRole("navigation", { name: "メインメニュー" });
  await menu.first().waitFor({ state: "attached" });
}

/** Ten in the morning in Japan, with a friend of this name; `more` works there besides the owner. */
export async function openStage(
  browser: Browser,
  name: string,
  more: Staff[] = [],
): Promise<Stage> {
  const sim = await startSim({ users: 3, friends: 0, ...CHANNEL });
  await sim.post("channels", { channel_id: sim.channelId, name: SHOP });
  const { first: customer } = await sim.post<{ first: number }>("users", { name });
  const { now_ms } = await sim.get<{ now_ms: number }>("clock");
  // At night the shop's rules hold marketing back.
  await sim.post("clock", { advance_to: Math.ceil((now_ms - HOUR) / DAY) * DAY + HOUR });
  const server = await startServer({ line: sim.url, workspace: SHOP, staff: [OWNER, ...more] });
  const [desk, hand, customers] = await Promise.all([
    patientPage(browser, "wide"),
    patientPage(browser, "phone"),
    patientPage(browser, "phone"),
  ]);
  for (const { page } of [desk, hand]) await enter(page, server.url, OWNER);
  await connect(desk.page, server.url);
  await customers.page.goto(`${sim.url}/#users=${customer}`);
  await button(customers.page, `${SHOP} 友だちに追加`).click();
  const close = async () => {
    await server.stop();
    await sim.stop();
  };
  // Before somebody is logged in, Chromium reports the refusal.
  desk.problems.length = 0;
  const pages = { admin: desk.page, small: hand.page, phone: customers.page };
  return { sim, server, ...pages, customer, problems: desk.problems, close };
}

/** Through the API: how it is done by hand is the first days' story. */
async function connect(page: Page, url: string) {
  const { request } = page.context();
  const headers = { origin: url };
  const data = { line_channel_id: CHANNEL.channelId, secret: CHANNEL.channelSecret };
  const answer = await request.post(`${url}/api/v1/channels`, { data, headers });
  const { channel } = (await answer.json()) as { channel: { id: string } };
  const set = await request.put(`${url}/api/v1/channels/${channel.id}/webhook`, {
    headers,
    data: {},
  });
  if (!set.ok()) throw new Error(`webhook: ${set.status()} ${await set.text()}`);
  await page.reload();
}
