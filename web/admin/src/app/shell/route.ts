/** What every page stands in once somebody is logged in: asked who it is first, and sent to the login else. */
import { createRoute, isRedirect, redirect } from "@tanstack/react-router";
import { asProblem } from "../../api/problem.ts";
import { channelsQuery } from "../../channel/api.ts";
import { words } from "../../i18n/i18n.ts";
import { meQuery } from "../../session/api.ts";
import { draftsOf } from "../../ui/draft.ts";
import { queryClient } from "../query.ts";
import { page, root } from "../route.ts";

export const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    try {
      const { second_step: own, workspace, user } = await queryClient.ensureQueryData(meQuery);
      draftsOf(workspace.id, user?.id);
      if (own.required && !own.on) throw redirect({ to: "/second-step" });
    } catch (thrown) {
      if (isRedirect(thrown)) throw thrown;
      const problem = asProblem(thrown);
      if (problem.code !== "no_session") throw problem;
      throw redirect({ to: "/login", search: { next: location.publicHref } });
    }
  },
  loader: () =>
    Promise.all([
      queryClient.ensureQueryData(channelsQuery),
      words("shell", "session", "notice")(),
    ]),
  component: page(() => import("./Shell.tsx"), "Shell"),
});

export const inShell = { getParentRoute: () => shell };
