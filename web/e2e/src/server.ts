/** A shop's server in a test: its own folder, one workspace, staff, beside a simulator. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enishi } from "./binary.ts";
import { freePort, start } from "./process.ts";

export type Role = "owner" | "marketer" | "operator" | "viewer";

export interface Staff {
  email: string;
  password: string;
  role: Role;
}

interface ServerWishes {
  /** The simulator's address: LINE's hosts, and whose clock is followed. */
  line: string;
  /** Left out: nobody is there yet, and the server prints its setup link. */
  workspace?: string;
  staff?: Staff[];
  /** The name under which browsers come; passkeys belong to a name, never to a number. */
  host?: "127.0.0.1" | "localhost";
}

export interface Server {
  url: string;
  /** The link that it printed for the first owner. */
  setupLink: () => Promise<string>;
  log: () => string;
  /** Ends the program, lets something happen, and starts it again where it was. */
  away: (meanwhile: () => Promise<unknown>) => Promise<void>;
  stop: () => Promise<void>;
}

export async function startServer(wishes: ServerWishes): Promise<Server> {
  const { line, workspace, staff = [], host = "127.0.0.1" } = wishes;
  const folder = await mkdtemp(join(tmpdir(), "enishi-e2e-"));
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const url = `http://${host}:${port}`;
  const env = {
    ENISHI_LISTEN: listen,
    ENISHI_PUBLIC_URL: url,
    ENISHI_DATA_DIR: folder,
    ENISHI_LINE_API_BASE: line,
    ENISHI_LINE_DATA_BASE: line,
    ENISHI_LINE_ACCESS_BASE: line,
    ENISHI_CLOCK: "sim",
  };
  if (workspace !== undefined) {
    const { id } = JSON.parse(await run(["workspace", "add", "--name", workspace], env)) as {
      id: string;
    };
    for (const { email, password, role } of staff) {
      const who = ["--workspace", id, "--email", email, "--role", role];
      await run(["user", "add", ...who], env, password);
    }
  }
  const serve = () => start(enishi(), { args: ["serve"], env });
  let server = await serve();
  const away = async (meanwhile: () => Promise<unknown>) => {
    await server.stop();
    await meanwhile().finally(async () => {
      server = await serve();
    });
  };
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const setupLink = async () => (await server.line(/^setup /)).slice("setup ".length);
  return { url, setupLink, log: () => server.log(), away, stop };
}

/** Runs a subcommand to its end; what it wrote to stdout. */
function run(args: string[], env: Record<string, string>, input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      enishi(),
      args,
      { env: { ...process.env, ...env } },
      (error, out, log) =>
        error
          ? reject(new Error(`enishi ${args.join(" ")}: ${error.message}\n${log}`))
          : resolve(out),
    );
    child.stdin?.end(input);
  });
}
