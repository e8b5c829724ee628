/** Starts the project's binaries and waits until they say they are ready. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** `ready http://…`, also behind the time of a log line. */
const READY = /\bready\b.*https?:/;

export interface Running {
  /** The line that says `ready`. */
  ready: string;
  /** The first line of its stdout, past or to come, that fits. */
  line: (wish: RegExp) => Promise<string>;
  /** Everything it wrote to stderr so far. */
  log: () => string;
  /** Asks it to end, and waits. */
  stop: () => Promise<void>;
}

export interface StartWishes {
  args?: string[];
  env?: Record<string, string>;
  /** Milliseconds until a silent start is given up. */
  patience?: number;
}

/** Starts a program; resolves when it writes a line with `ready` and an address. */
export function start(program: string, wishes: StartWishes = {}): Promise<Running> {
  const child = spawn(program, wishes.args ?? [], {
    env: { ...process.env, ...wishes.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  const said: string[] = [];
  const listening = new Set<() => void>();
  const line = (wish: RegExp) =>
    new Promise<string>((found) => {
      const look = () => {
        const fitting = said.find((one) => wish.test(one));
        if (fitting === undefined) return;
        listening.delete(look);
        found(fitting);
      };
      listening.add(look);
      look();
    });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      child.kill("SIGKILL");
      reject(new Error(`${program}: ${why}\n${log}`));
    };
    const timer = setTimeout(() => fail("no ready line"), wishes.patience ?? 60_000);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => fail(`ended with ${code} before it was ready`));
    createInterface({ input: child.stdout }).on("line", (text) => {
      said.push(text);
      for (const look of [...listening]) look();
      if (!READY.test(text)) return;
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve({ ready: text, line, log: () => log, stop: () => stop(child) });
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    // A server finishes within 10 s of SIGTERM; after that it is stuck.
    setTimeout(() => child.kill("SIGKILL"), 12_000).unref();
  });
}
