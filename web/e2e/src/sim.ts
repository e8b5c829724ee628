/** The simulator as tests use it: started on a free port, driven by its `/__sim/` calls. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, start } from "./process.ts";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

/** The program and its first arguments: `ENISHI_SIM`, else what cargo has built. */
function program(): { path: string; args: string[] } {
  const given = process.env.ENISHI_SIM;
  if (given) return { path: given, args: [] };
  const built = join(process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, "target"), "debug");
  const example = join(built, "examples", "sim");
  if (existsSync(example)) return { path: example, args: [] };
  const enishi = join(built, "enishi");
  if (existsSync(enishi)) return { path: enishi, args: ["sim"] };
  throw new Error(
    `no simulator in ${built}: run \`cargo build -p line-sim --example sim\` or set ENISHI_SIM`,
  );
}

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
  const { path, args } = program();
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
