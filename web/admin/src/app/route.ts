/** What every area's addresses are made of. */
import { createRootRoute, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { asProblem, Problem } from "../api/problem.ts";
import type { Permission } from "../api/types.ts";
import { meQuery } from "../session/api.ts";
import { queryClient } from "./query.ts";

export const root = createRootRoute({ component: Outlet });

/** Asks whether the server can be reached at all. */
const reachable = () =>
  fetch("/admin/", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
const RELOADED = "enishi.reloaded";

/**
 * A page in a file of its own. While the network is away that is said in place, where it can be tried again; a server
 * that is there but has the file no longer is a newer one, and the browser begins anew with it (once; drafts are kept).
 */
export function page<T extends Record<string, unknown>>(load: () => Promise<T>, name?: string) {
  const safely = async () => {
    try {
      return await load();
    } catch (thrown) {
      const before = Number(sessionStorage.getItem(RELOADED));
      if ((await reachable()) && Date.now() - before > 60_000) {
        sessionStorage.setItem(RELOADED, String(Date.now()));
        location.reload();
        return new Promise<never>(() => undefined);
      }
      throw asProblem(thrown);
    }
  };
  return lazyRouteComponent(safely as () => Promise<Record<string, never>>, name);
}

export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
export const texts = (value: unknown): string[] | undefined => {
  const list = (Array.isArray(value) ? value : [value]).flatMap((one) => text(one) ?? []);
  return list.length > 0 ? list : undefined;
};

/** Pages that could only refuse are not begun: an address written by hand is told so at once. */
export const only = (permission: Permission) => async () => {
  const { permissions } = await queryClient.ensureQueryData(meQuery);
  if (!permissions.includes(permission)) throw new Problem({ code: "forbidden", status: 403 });
};
