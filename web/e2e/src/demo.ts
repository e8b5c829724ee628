/** `enishi demo` in a test: a shop with some history, its simulator, and somebody who can log in. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enishi } from "./binary.ts";
import { freePort, start } from "./process.ts";

export interface Demo {
  url: string;
  email: string;
  password: string;
  stop: () => Promise<void>;
}

export async function startDemo(wishes: { people: number; days: number }): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), "enishi-demo-"));
  const [port, sim] = [await freePort(), await freePort()];
  const args = [
    "--port",
    port,
    "--sim-port",
    sim,
    "--people",
    wishes.people,
    "--days",
    wishes.days,
  ];
  const running = await start(enishi(), {
    args: ["demo", ...args.map(String)],
    env: { ENISHI_DATA_DIR: folder },
    patience: 200_000,
  });
  const [, email, password] = / (\S+@\S+) \/ (\S+)/.exec(running.ready) ?? [];
  if (!email || !password) throw new Error(`no login in: ${running.ready}`);
  const stop = async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${port}`, email, password, stop };
}
