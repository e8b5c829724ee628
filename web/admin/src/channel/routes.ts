/** LINEアカウント and LINEログイン. */
import { createRoute } from "@tanstack/react-router";
import { only, page, text } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const channels = createRoute({
  ...inShell,
  path: "/channels",
  loader: words("channel"),
  component: page(() => import("./ChannelsPage.tsx")),
});

const newChannel = createRoute({
  ...inShell,
  path: "/channels/new",
  beforeLoad: only("settings"),
  loader: words("channel"),
  component: page(() => import("./ConnectPage.tsx")),
});

const channel = createRoute({
  ...inShell,
  path: "/channels/$id",
  loader: words("channel"),
  component: page(() => import("./ChannelPage.tsx")),
});

const forwards = createRoute({
  ...inShell,
  path: "/channels/$id/forwards",
  loader: words("channel"),
  component: page(() => import("./ForwardsPage.tsx")),
});

const lineLogin = createRoute({
  ...inShell,
  path: "/line-login",
  beforeLoad: only("settings"),
  validateSearch: (search: Record<string, unknown>) => {
    // The router reads a code of digits as a number.
    const [code, state] = [search.code, search.state].map((one) =>
      typeof one === "number" ? String(one) : text(one),
    );
    return {
      ...(code ? { code } : {}),
      ...(state ? { state } : {}),
      ...(text(search.error) ? { error: text(search.error) } : {}),
    };
  },
  loader: words("channel"),
  component: page(() => import("./LineLoginPage.tsx")),
});

export const channelRoutes = [channels, newChannel, channel, forwards, lineLogin] as const;
