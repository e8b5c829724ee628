/** The simulator as tests use it: started on a free port, driven by its `/__sim/` calls. */
import { simulator } from "./binary.ts";
import { freePort, start } from "./process.ts";

export interface SimWishes {
  users?: number;
  /** How many of them are friends of the account from the start; default all. */
  friends?: number;
  channelId?: string;
  channelSecret?: string;
  webhook?: string;
}

export interface SimServer {
  url: string;
  channelId: string;
  channelSecret: string;
  /** POST to `/__sim/{path}`. */
  post: <T = unknown>(path: string, body: object) => Promise<T>;
  /** GET from `/__sim/{path}`. */
  get: <T = unknown>(path: string) => Promise<T>;
  log: () => string;
  stop: () => Promise<void>;
}

export async function startSim(wishes: SimWishes = {}): Promise<SimServer> {
  const {
    users = 20,
    friends,
    channelId = "1000000001",
    channelSecret = "s3cret",
    webhook,
  } = wishes;
  const port = await freePort();
  const { path, args } = simulator();
  const running = await start(path, {
    args: [
      ...args,
      ...["--port", String(port), "--users", String(users)],
      ...["--channel-id", channelId, "--channel-secret", channelSecret],
      ...(friends === undefined ? [] : ["--friends", String(friends)]),
      ...(webhook ? ["--webhook", webhook] : []),
    ],
  });
  const url = `http://127.0.0.1:${port}`;
  const call = async <T>(way: string, init?: RequestInit): Promise<T> => {
    const response = await fetch(`${url}/__sim/${way}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`/__sim/${way}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    url,
    channelId,
    channelSecret,
    post: (way, body) =>
      call(way, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    get: (way) => call(way),
    log: running.log,
    stop: running.stop,
  };
}
