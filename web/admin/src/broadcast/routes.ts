/** 一斉配信. */
import { createRoute } from "@tanstack/react-router";
import { only, page, text } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";
import { STEPS, type Step } from "./steps.ts";

const broadcasts = createRoute({
  ...inShell,
  path: "/broadcasts",
  validateSearch: (search: Record<string, unknown>) => {
    const [shelf, q] = [text(search.shelf), text(search.q)];
    return { ...(shelf ? { shelf } : {}), ...(q ? { q } : {}) };
  },
  loader: words("broadcast"),
  component: page(() => import("./BroadcastsPage.tsx")),
});

const newBroadcast = createRoute({
  ...inShell,
  path: "/broadcasts/new",
  beforeLoad: only("send_broadcast"),
  validateSearch: (search: Record<string, unknown>): { draft?: string; step?: Step } => {
    const draft = text(search.draft);
    const step = STEPS.find((one) => one === search.step);
    return { ...(draft ? { draft } : {}), ...(step ? { step } : {}) };
  },
  loader: words("broadcast", "template", "condition", "insight", "asset"),
  component: page(() => import("./ComposePage.tsx")),
});

const broadcast = createRoute({
  ...inShell,
  path: "/broadcasts/$id",
  loader: words("broadcast", "template"),
  component: page(() => import("./BroadcastPage.tsx")),
});

const approval = createRoute({
  ...inShell,
  path: "/broadcasts/$id/approval",
  beforeLoad: only("send_broadcast"),
  loader: words("broadcast", "template"),
  component: page(() => import("./ApprovalPage.tsx")),
});

export const broadcastRoutes = [broadcasts, newBroadcast, broadcast, approval] as const;
