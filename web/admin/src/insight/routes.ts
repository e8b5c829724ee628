/** 配信カレンダー and 月次レポート. */
import { createRoute } from "@tanstack/react-router";
import { day, page } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const calendar = createRoute({
  ...inShell,
  path: "/calendar",
  validateSearch: (search: Record<string, unknown>): { view?: "week"; day?: string } => {
    const chosen = day(search.day);
    return {
      ...(search.view === "week" ? { view: "week" as const } : {}),
      ...(chosen ? { day: chosen } : {}),
    };
  },
  loader: words("insight", "broadcast"),
  component: page(() => import("./CalendarPage.tsx")),
});

const reports = createRoute({
  ...inShell,
  path: "/reports",
  loader: words("insight"),
  component: page(() => import("./ReportsPage.tsx")),
});

const report = createRoute({
  ...inShell,
  path: "/reports/$month",
  loader: words("insight", "home"),
  component: page(() => import("./ReportPage.tsx")),
});

export const insightRoutes = [calendar, reports, report] as const;
