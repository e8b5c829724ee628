/** テンプレート. */
import { createRoute } from "@tanstack/react-router";
import { page } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const templates = createRoute({
  ...inShell,
  path: "/templates",
  loader: words("template"),
  component: page(() => import("./TemplatesPage.tsx")),
});

const template = createRoute({
  ...inShell,
  path: "/templates/$id",
  loader: words("template", "asset"),
  component: page(() => import("./TemplatePage.tsx")),
});

export const templateRoutes = [templates, template] as const;
