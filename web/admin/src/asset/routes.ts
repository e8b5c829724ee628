/** 登録メディア. */
import { createRoute } from "@tanstack/react-router";
import { page } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const assets = createRoute({
  ...inShell,
  path: "/assets",
  loader: words("asset"),
  component: page(() => import("./AssetsPage.tsx")),
});

export const assetRoutes = [assets] as const;
