/** The typed client of our own API. Every call goes through `ask`, which throws a `Problem`. */
import createClient from "openapi-fetch";
import type { paths } from "./paths.ts";
import type { Present } from "./present.ts";
import { asProblem, problemOf } from "./problem.ts";

/** Called when the server no longer knows the session; the shell asks for the password again. */
type Listener = () => void;
const listeners = new Set<Listener>();

export function onSessionLost(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const client = createClient<paths>({
  baseUrl: `${location.origin}/api/v1`,
  // Looked up at call time, so that tests may put their own in place.
  fetch: (request) => globalThis.fetch(request),
});

client.use({
  onRequest({ request }) {
    request.headers.set("accept-language", document.documentElement.lang || "ja");
    return request;
  },
});

export const api = client;

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Answers the server had given before, to the same wish. */
const replayed = new WeakSet<object>();

/** Whether this is the answer to an earlier try: nothing was done anew. */
export const wasReplayed = (answer: unknown): boolean =>
  typeof answer === "object" && answer !== null && replayed.has(answer);

/** The answer's body, or a thrown `Problem`. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<Present<T>> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (thrown) {
    throw asProblem(thrown);
  }
  if (!answer.response.ok) {
    const problem = problemOf(answer.response.status, answer.error);
    if (problem.code === "no_session") for (const listener of listeners) listener();
    throw problem;
  }
  const { data } = answer;
  if (answer.response.headers.has("idempotency-replayed") && typeof data === "object" && data)
    replayed.add(data);
  return data as Present<T>;
}

/** The same, for answers whose type is better known than the document says (messages, conditions, graphs). */
export const tell = async <T>(call: Promise<Answer<unknown>>): Promise<T> => (await ask(call)) as T;

/** A body of ours whose type the document only calls an object. */
export const json = <T>(body: unknown): T => body as T;

/** Names a wish, so that the server does it once however often it is asked. */
export const once = (key: string) => ({ headers: { "Idempotency-Key": key } });
