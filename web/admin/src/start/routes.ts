/** はじめての設定. */
import { createRoute } from "@tanstack/react-router";
import { page, text } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const start = createRoute({
  ...inShell,
  path: "/start",
  validateSearch: (search: Record<string, unknown>): { step?: string; account?: string } => {
    const [step, account] = [text(search.step), text(search.account)];
    return { ...(step ? { step } : {}), ...(account ? { account } : {}) };
  },
  loader: words("start", "channel", "template", "rule"),
  component: page(() => import("./StartPage.tsx")),
});

export const startRoutes = [start] as const;
