/** お知らせ. */
import { createRoute } from "@tanstack/react-router";
import { page } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const notices = createRoute({
  ...inShell,
  path: "/settings/notices",
  loader: words("notice"),
  component: page(() => import("./NoticesPage.tsx")),
});

export const noticeRoutes = [notices] as const;
