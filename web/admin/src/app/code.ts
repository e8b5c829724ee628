/** Code that is fetched when it is needed: pages, and the heavy parts of some. */
import { asProblem, Problem } from "../api/problem.ts";

/** Asks whether the server can be reached at all. */
const reachable = () =>
  fetch("/admin/", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );

/**
 * Fetches code. A server that is there but has the file no longer is a newer one (`newer`: only a page loaded anew goes
 * on); else the network is away, and the same may succeed a little later.
 */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (thrown) {
    if (await reachable()) throw new Problem({ code: "newer", status: 0 });
    throw asProblem(thrown);
  }
}

const RELOADED = "enishi.reloaded";
const AGAIN_MS = 60_000;

/** Begins anew with the newer server's pages; once, so that a broken one does not turn in circles. */
export function beginAnew(): void {
  if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < AGAIN_MS) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}
