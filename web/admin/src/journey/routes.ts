/** シナリオ配信. */
import { createRoute } from "@tanstack/react-router";
import { only, page } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const journeys = createRoute({
  ...inShell,
  path: "/journeys",
  loader: words("journey"),
  component: page(() => import("./JourneysPage.tsx")),
});

const presets = createRoute({
  ...inShell,
  path: "/journeys/presets",
  beforeLoad: only("define"),
  loader: words("journey", "preset", "template"),
  component: page(() => import("./PresetsPage.tsx")),
});

const VIEWS = ["list", "canvas", "result", "versions"] as const;
const journey = createRoute({
  ...inShell,
  path: "/journeys/$id",
  validateSearch: (search: Record<string, unknown>): { view?: (typeof VIEWS)[number] } => {
    const view = VIEWS.find((one) => one === search.view);
    return view ? { view } : {};
  },
  loader: words("journey", "condition", "rule", "template"),
  component: page(() => import("./JourneyPage.tsx")),
});

export const journeyRoutes = [journeys, presets, journey] as const;
