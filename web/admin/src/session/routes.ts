/** Before somebody is logged in. */
import { createRoute, redirect } from "@tanstack/react-router";
import { queryClient } from "../app/query.ts";
import { page, root, text } from "../app/route.ts";
import { words } from "../i18n/i18n.ts";
import { setupQuery } from "./api.ts";

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  // Only a path of our own: an address from outside must not send people elsewhere.
  validateSearch: (search: Record<string, unknown>): { next?: string } => {
    const next = text(search.next);
    return next?.startsWith("/admin/") ? { next } : {};
  },
  // Nobody can log in before there is somebody.
  beforeLoad: async () => {
    const setup = await queryClient.fetchQuery(setupQuery).catch(() => undefined);
    if (setup?.open) throw redirect({ to: "/setup" });
  },
  loader: words("session"),
  component: page(() => import("./LoginPage.tsx")),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  loader: words("session"),
  component: page(() => import("./SetupPage.tsx")),
});

const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  loader: words("session"),
  component: page(() => import("./InvitePage.tsx")),
});

const secondStep = createRoute({
  getParentRoute: () => root,
  path: "/second-step",
  loader: words("session"),
  component: page(() => import("./SecondStepPage.tsx")),
});

export const sessionRoutes = [login, setup, invite, secondStep] as const;
