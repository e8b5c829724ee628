/** A shop for tests: a simulated account, its webhook, and LINE's own client. */
import {
  channelAccessToken,
  HTTPFetchError,
  insight,
  liff,
  manageAudience,
  messagingApi,
  type webhook,
} from "@line/bot-sdk";
import { expect } from "vitest";
import {
  listenForWebhooks,
  type Received,
  type SimServer,
  startSim,
  type Webhook,
} from "../src/index.ts";

export interface Clients {
  line: messagingApi.MessagingApiClient;
  blobs: messagingApi.MessagingApiBlobClient;
  audiences: manageAudience.ManageAudienceClient;
  insight: insight.InsightClient;
  liff: liff.LiffClient;
}

export interface Item {
  id: string;
  direction: string;
  kind: string;
  message?: { type: string; text?: string };
}

const eventsIn = (received: Received) =>
  (JSON.parse(received.body) as webhook.CallbackRequest).events;

export class Shop {
  readonly sim: SimServer;
  readonly hook: Webhook;

  constructor(sim: SimServer, hook: Webhook) {
    this.sim = sim;
    this.hook = hook;
  }

  /** Clients with a token of their own; it lives 15 minutes of the simulator's time. */
  async clients(id = this.sim.channelId, secret = this.sim.channelSecret): Promise<Clients> {
    const baseURL = this.sim.url;
    const tokens = new channelAccessToken.ChannelAccessTokenClient({ baseURL });
    const issued = await tokens.issueStatelessChannelTokenByClientSecret(id, secret);
    const config = { channelAccessToken: issued.access_token, baseURL };
    return {
      line: new messagingApi.MessagingApiClient(config),
      blobs: new messagingApi.MessagingApiBlobClient(config),
      audiences: new manageAudience.ManageAudienceClient(config),
      insight: new insight.InsightClient(config),
      liff: new liff.LiffClient(config),
    };
  }

  /** A new person who has not added the account. */
  async stranger(name: string): Promise<number> {
    const { first } = await this.sim.post<{ first: number }>("users", { name });
    return first;
  }

  /** The id under which the account knows a person. */
  async idOf(n: number): Promise<string> {
    const { ids } = await this.sim.get<{ ids: Record<string, string> }>(`users/${n}`);
    return Object.values(ids)[0] ?? "";
  }

  /** A person does something; the webhook has been answered when this resolves. */
  act<T = unknown>(act: string, user: number, more: object = {}): Promise<T> {
    return this.sim.post(act, { user, channel_id: this.sim.channelId, wait: true, ...more });
  }

  async push(n: number, ...messages: messagingApi.Message[]) {
    const { line } = await this.clients();
    await line.pushMessage({ to: await this.idOf(n), messages });
  }

  /** The messages in a person's room with the account. */
  async messagesOf(n: number): Promise<Item[]> {
    const { rooms } = await this.sim.get<{ rooms: { messages: Item[] }[] }>(
      `rooms/${n}?channel_id=${this.sim.channelId}`,
    );
    return (rooms[0]?.messages ?? []).filter((item) => item.kind === "message");
  }

  /** The same in short: `in 営業時間は?`. */
  async textsOf(n: number): Promise<string[]> {
    const messages = await this.messagesOf(n);
    return messages.map(
      ({ direction, message }) => `${direction} ${message?.text ?? message?.type}`,
    );
  }

  /** The first event of this type by this person; past ones count too. */
  async eventOf<T extends webhook.Event["type"]>(type: T, n: number) {
    const id = await this.idOf(n);
    const fits = (event: webhook.Event) =>
      event.type === type && event.source?.type === "user" && event.source.userId === id;
    const received = await this.hook.wait((one) => eventsIn(one).some(fits));
    const event = eventsIn(received).find(fits);
    return { received, event: event as Extract<webhook.Event, { type: T }> };
  }

  async close() {
    await this.sim.stop();
    await this.hook.stop();
  }
}

export async function openShop(): Promise<Shop> {
  const hook = await listenForWebhooks();
  const sim = await startSim({ users: 120, friends: 0, webhook: hook.url });
  return new Shop(sim, hook);
}

/** What the client was told instead of an answer. */
export async function refusal(wish: Promise<unknown>) {
  const error = await wish.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HTTPFetchError);
  const { status, headers, body } = error as HTTPFetchError;
  return { status, headers, body: JSON.parse(body) as { message?: string; details?: unknown } };
}
