/** 設定, with タグ and 友だち情報. */
import { createRoute } from "@tanstack/react-router";
import { only, page, text } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const tags = createRoute({
  ...inShell,
  path: "/tags",
  loader: words("settings"),
  component: page(() => import("./TagsPage.tsx")),
});

const attributes = createRoute({
  ...inShell,
  path: "/attributes",
  loader: words("settings"),
  component: page(() => import("./AttributesPage.tsx")),
});

const policy = createRoute({
  ...inShell,
  path: "/settings/policy",
  loader: words("settings", "broadcast", "condition"),
  component: page(() => import("./PolicyPage.tsx")),
});

const security = createRoute({
  ...inShell,
  path: "/settings/security",
  loader: words("settings", "session"),
  component: page(() => import("./SecurityPage.tsx")),
});

const staff = createRoute({
  ...inShell,
  path: "/settings/staff",
  beforeLoad: only("staff"),
  loader: words("settings"),
  component: page(() => import("./StaffPage.tsx")),
});

const tokens = createRoute({
  ...inShell,
  path: "/settings/tokens",
  beforeLoad: only("staff"),
  loader: words("settings"),
  component: page(() => import("./TokensPage.tsx")),
});

const audit = createRoute({
  ...inShell,
  path: "/settings/audit",
  beforeLoad: only("staff"),
  validateSearch: (search: Record<string, unknown>) => {
    const named = (["actor", "thing", "from", "until"] as const).flatMap((key) => {
      const value = text(search[key]);
      return value ? [[key, value] as const] : [];
    });
    return Object.fromEntries(named) as { [key in (typeof named)[number][0]]?: string };
  },
  loader: words("settings"),
  component: page(() => import("./AuditPage.tsx")),
});

const links = createRoute({
  ...inShell,
  path: "/settings/links",
  loader: words("settings"),
  component: page(() => import("./LinksPage.tsx")),
});

const takeout = createRoute({
  ...inShell,
  path: "/settings/takeout",
  beforeLoad: only("settings"),
  loader: words("settings"),
  component: page(() => import("./TakeoutPage.tsx")),
});

const backups = createRoute({
  ...inShell,
  path: "/settings/backups",
  beforeLoad: only("settings"),
  loader: words("settings"),
  component: page(() => import("./BackupsPage.tsx")),
});

const status = createRoute({
  ...inShell,
  path: "/settings/status",
  loader: words("settings"),
  component: page(() => import("./StatusPage.tsx")),
});

export const settingsRoutes = [
  tags,
  attributes,
  policy,
  security,
  staff,
  tokens,
  audit,
  links,
  takeout,
  backups,
  status,
] as const;
