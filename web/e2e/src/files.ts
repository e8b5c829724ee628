/** Serves a built page for tests that need no server of ours. */
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export interface Served {
  url: string;
  stop: () => Promise<void>;
}

/** Serves one page, whatever the path; it is made anew for each request. */
export function servePage(html: () => string): Promise<Served> {
  return listen((_, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(html());
  }, "/");
}

/** Serves `folder` below `prefix` (`/phone/`) on a free loopback port. */
export function serveFiles(folder: string, prefix: string): Promise<Served> {
  return listen((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    const file = join(folder, normalize(`/${path.slice(prefix.length)}`));
    const answer = path.startsWith(prefix) ? readFile(file) : Promise.reject(new Error("outside"));
    answer.then(
      (bytes) => {
        response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  }, prefix);
}

function listen(answer: RequestListener, prefix: string): Promise<Served> {
  const server = createServer(answer);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}${prefix}`,
        stop: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}
