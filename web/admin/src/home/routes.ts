/** ホーム. */
import { createRoute } from "@tanstack/react-router";
import { page } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const home = createRoute({
  ...inShell,
  path: "/",
  validateSearch: (search: Record<string, unknown>): { days?: 7 | 90 } =>
    search.days === 7 || search.days === 90 ? { days: search.days } : {},
  loader: words("home", "broadcast", "channel", "notice", "start"),
  component: page(() => import("./HomePage.tsx")),
});

export const homeRoutes = [home] as const;
