/** あいさつメッセージ and 自動応答. */
import { createRoute } from "@tanstack/react-router";
import { page, text } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const greetings = createRoute({
  ...inShell,
  path: "/greetings",
  validateSearch: (search: Record<string, unknown>): { account?: string } => {
    const account = text(search.account);
    return account ? { account } : {};
  },
  loader: words("greeting", "rule", "template", "asset"),
  component: page(() => import("./GreetingsPage.tsx")),
});

const rules = createRoute({
  ...inShell,
  path: "/rules",
  loader: words("rule", "template"),
  component: page(() => import("./RulesPage.tsx")),
});

const rule = createRoute({
  ...inShell,
  path: "/rules/$id",
  loader: words("rule", "template"),
  component: page(() => import("./RulePage.tsx")),
});

export const ruleRoutes = [greetings, rules, rule] as const;
