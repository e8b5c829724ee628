/** The API with the session of whoever is logged in at a page: for what a story needs and is not about. */
import type { Page } from "playwright-core";

export async function call<T = unknown>(
  page: Page,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  data?: object,
): Promise<T> {
  const { origin } = new URL(page.url());
  const answer = await page.context().request.fetch(`${origin}/api/v1/${path}`, {
    method,
    headers: { origin },
    ...(data ? { data } : {}),
  });
  const text = await answer.text();
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}
