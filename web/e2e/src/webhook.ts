/** A shop's webhook in a test: keeps what comes, as the bytes that came. */
import { createServer } from "node:http";

export interface Received {
  /** The raw body, over which the signature was made. */
  body: string;
  signature: string;
}

export interface Webhook {
  url: string;
  received: Received[];
  /** Resolves with the first request, past or future, that satisfies the wish. */
  wait: (wish: (received: Received) => boolean) => Promise<Received>;
  stop: () => Promise<void>;
}

/** Answers every request with 200. */
export function listenForWebhooks(): Promise<Webhook> {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      received.push({
        body: Buffer.concat(parts).toString("utf8"),
        signature: String(request.headers["x-line-signature"] ?? ""),
      });
      response.end();
      for (const look of [...waiting]) look();
    });
  });
  const wait: Webhook["wait"] = (wish) =>
    new Promise((resolve) => {
      const look = () => {
        const found = received.find(wish);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}/webhook`,
        received,
        wait,
        stop: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}
