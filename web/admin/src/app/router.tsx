/** Which pages there are: each area says its own addresses, what they need and which words they are drawn with. */
import { Box } from "@mantine/core";
import { createRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { asProblem, Problem } from "../api/problem.ts";
import { assetRoutes } from "../asset/routes.ts";
import { broadcastRoutes } from "../broadcast/routes.ts";
import { channelRoutes } from "../channel/routes.ts";
import { contactRoutes } from "../contact/routes.ts";
import { talkRoutes } from "../conversation/routes.ts";
import { homeRoutes } from "../home/routes.ts";
import { insightRoutes } from "../insight/routes.ts";
import { journeyRoutes } from "../journey/routes.ts";
import { noticeRoutes } from "../notice/routes.ts";
import { ruleRoutes } from "../rule/routes.ts";
import { sessionRoutes } from "../session/routes.ts";
import { settingsRoutes } from "../settings/routes.ts";
import { startRoutes } from "../start/routes.ts";
import { templateRoutes } from "../template/routes.ts";
import { ErrorView } from "../ui/ErrorView.tsx";
import { Waiting } from "../ui/Loaded.tsx";
import { beginAnew } from "./code.ts";
import { root } from "./route.ts";
import { shell } from "./shell/route.ts";

const tree = root.addChildren([
  ...sessionRoutes,
  shell.addChildren([
    ...homeRoutes,
    ...startRoutes,
    ...talkRoutes,
    ...insightRoutes,
    ...contactRoutes,
    ...templateRoutes,
    ...assetRoutes,
    ...broadcastRoutes,
    ...journeyRoutes,
    ...ruleRoutes,
    ...channelRoutes,
    ...settingsRoutes,
    ...noticeRoutes,
  ]),
]);

/** How often a page that could not be fetched is tried again by itself. */
const AGAIN_MS = 5_000;

function Failed({ error, reset }: ErrorComponentProps) {
  const problem = asProblem(error);
  const again = useCallback(() => {
    reset();
    void router.invalidate();
  }, [reset]);
  useEffect(() => {
    if (problem.code === "newer") beginAnew();
    if (!problem.passing) return;
    const timer = setInterval(again, AGAIN_MS);
    return () => clearInterval(timer);
  }, [problem, again]);
  return <ErrorView problem={problem} retry={again} />;
}

export const router = createRouter({
  routeTree: tree,
  basepath: "/admin",
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultErrorComponent: Failed,
  defaultNotFoundComponent: () => (
    <ErrorView problem={new Problem({ code: "not_found", status: 404 })} />
  ),
  defaultPendingComponent: () => (
    <Box p="xl">
      <Waiting />
    </Box>
  ),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
