/** The simulator's HTTP API, one method per wish of a phone. */
import type {
  Channel,
  Clock,
  Params,
  PhoneView,
  RichMenuView,
  Room,
  RoomKey,
  Said,
  TapAnswer,
  TapTarget,
  User,
  UserPage,
} from "./types.ts";

/** The simulator refused; `message` is what it said. */
export class SimError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "SimError";
    this.status = status;
  }
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

/** How many of the newest items of a room are shown at first, and added by each look back. */
export const PAGE = 60;

export class Sim {
  readonly #fetch: Fetch;
  readonly #root: string;

  /** `root` is the simulator's origin; empty for the origin of the page. */
  constructor(fetch: Fetch = (input, init) => globalThis.fetch(input, init), root = "") {
    this.#fetch = fetch;
    this.#root = root;
  }

  async #call<T>(path: string, body?: object): Promise<T> {
    const init: RequestInit =
      body === undefined
        ? {}
        : {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          };
    const response = await this.#fetch(`${this.#root}/__sim/${path}`, init);
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      const said = (answer as { error?: unknown } | null)?.error;
      throw new SimError(response.status, typeof said === "string" ? said : response.statusText);
    }
    return answer as T;
  }

  clock(): Promise<Clock> {
    return this.#call("clock");
  }

  /** Answers when the target is reached and everything is quiet there. */
  setClock(wish: { advance_ms?: number; advance_to?: number; flow?: boolean }): Promise<Clock> {
    return this.#call("clock", wish);
  }

  users(search: string, cursor?: string | null): Promise<UserPage> {
    const query = new URLSearchParams({ limit: "40" });
    if (search) query.set("q", search);
    if (cursor) query.set("cursor", cursor);
    return this.#call(`users?${query}`);
  }

  user(id: string | number): Promise<User> {
    return this.#call(`users/${encodeURIComponent(id)}`);
  }

  async addUser(name: string): Promise<User | undefined> {
    const made = await this.#call<{ users: User[] }>("users", { name });
    return made.users[0];
  }

  async channels(): Promise<Channel[]> {
    const { channels } = await this.#call<{ channels: Channel[] }>("channels");
    return channels;
  }

  phone(user: number): Promise<PhoneView> {
    return this.#call(`phone/${user}`);
  }

  async room(user: number, key: RoomKey, limit: number): Promise<Room | undefined> {
    const path =
      "group_id" in key
        ? `rooms/${encodeURIComponent(key.group_id)}?limit=${limit}`
        : `rooms/${user}?${new URLSearchParams({ channel_id: key.channel_id, limit: String(limit) })}`;
    const { rooms } = await this.#call<{ rooms: Room[] }>(path);
    return rooms[0];
  }

  richMenu(user: number, channel: string): Promise<RichMenuView> {
    return this.#call(`richmenu/${user}?${new URLSearchParams({ channel_id: channel })}`);
  }

  befriend(act: "follow" | "block" | "unblock", user: number, channel: string): Promise<unknown> {
    return this.#call(act, { user, channel_id: channel });
  }

  say(user: number, key: RoomKey, said: Said, quoted?: string): Promise<unknown> {
    return this.#call("say", {
      user,
      ...key,
      ...said,
      ...(quoted === undefined ? {} : { quoted_message_id: quoted }),
    });
  }

  unsend(user: number, key: RoomKey, messageId: string): Promise<unknown> {
    return this.#call("unsend", { user, ...key, message_id: messageId });
  }

  tap(user: number, key: RoomKey, target: TapTarget, params?: Params): Promise<TapAnswer> {
    return this.#call("tap", { user, ...key, ...target, ...(params ? { params } : {}) });
  }

  read(user: number, key: RoomKey): Promise<unknown> {
    return this.#call("read", { user, ...key });
  }

  /** The address of the live events of one person. */
  eventsUrl(user: number): string {
    return `${this.#root}/__sim/events?user=${user}`;
  }

  /** The address of something a phone has sent. */
  contentUrl(messageId: string, preview?: "preview"): string {
    return `${this.#root}/__sim/content/${messageId}${preview ? "?preview=1" : ""}`;
  }
}
