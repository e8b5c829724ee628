/** Answers the API's calls from a world in memory: `vite --mode mock`, and component tests. */
import { answers } from "./answers.ts";
import { makeWorld } from "./world.ts";

export type Reply = { status?: number; body?: unknown };
export type Handler = (call: {
  params: Record<string, string>;
  query: URLSearchParams;
  body: unknown;
}) => Reply | Promise<Reply>;

/** A `fetch` over handlers keyed by `GET /contacts/{id}`. */
export function fetchFrom(handlers: Record<string, Handler>): typeof fetch {
  const routes = Object.entries(handlers).map(([key, handler]) => {
    const [method = "", path = ""] = key.split(" ");
    const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
    const pattern = new RegExp(`^/api/v1${path.replace(/\{\w+\}/g, "([^/]+)")}$`);
    return { method, names, pattern, handler };
  });
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const sent = await request.text();
    for (const route of routes) {
      const match = route.method === request.method ? route.pattern.exec(url.pathname) : null;
      if (!match) continue;
      const params = Object.fromEntries(route.names.map((name, n) => [name, match[n + 1] ?? ""]));
      const body: unknown = sent ? JSON.parse(sent) : undefined;
      const reply = await route.handler({ params, query: url.searchParams, body });
      return answer(reply);
    }
    return problem(404, "not_found", `${request.method} ${url.pathname}`);
  };
}

function answer({ status = 200, body }: Reply): Response {
  if (body === undefined) return new Response(null, { status: 204 });
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": status < 400 ? "application/json" : "application/problem+json" },
  });
}

function problem(status: number, code: string, detail: string): Response {
  return answer({ status, body: { status, code, detail, errors: [], request_id: "mock" } });
}

/** A feed on which nothing happens. */
class QuietFeed extends EventTarget {
  close() {}
}

export function startMock(): void {
  globalThis.fetch = fetchFrom(answers(makeWorld(240)));
  globalThis.EventSource = QuietFeed as unknown as typeof EventSource;
}
