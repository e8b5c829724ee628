/** What every area's addresses are made of. */
import { createRootRoute, lazyRouteComponent, Outlet } from "@tanstack/react-router";
import { Problem } from "../api/problem.ts";
import type { Permission } from "../api/types.ts";
import { meQuery } from "../session/api.ts";
import { fetched } from "./code.ts";
import { queryClient } from "./query.ts";

export const root = createRootRoute({ component: Outlet });

/** A page in a file of its own. What went wrong while it was only fetched ahead is told when it is opened. */
export function page<T extends Record<string, unknown>>(load: () => Promise<T>, name?: string) {
  return lazyRouteComponent(() => fetched(load) as Promise<Record<string, never>>, name);
}

export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
export const texts = (value: unknown): string[] | undefined => {
  const list = (Array.isArray(value) ? value : [value]).flatMap((one) => text(one) ?? []);
  return list.length > 0 ? list : undefined;
};

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id out of an address; one that cannot be is left out, as if nobody had written it. */
export const id = (value: unknown): string | undefined => text(value)?.match(ID)?.[0];

/** A day as YYYY-MM-DD that stands in the calendar. */
export function day(value: unknown): string | undefined {
  const found = text(value)?.match(/^\d{4}-\d{2}-\d{2}$/)?.[0];
  const at = new Date(`${found}T00:00:00Z`);
  return found && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(found)
    ? found
    : undefined;
}

/** Pages that could only refuse are not begun: an address written by hand is told so at once. */
export const only = (permission: Permission) => async () => {
  const { permissions } = await queryClient.ensureQueryData(meQuery);
  if (!permissions.includes(permission)) throw new Problem({ code: "forbidden", status: 403 });
};
