/** 個別トーク. */
import { createRoute } from "@tanstack/react-router";
import { page, text } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";

const talk = createRoute({
  ...inShell,
  path: "/talk",
  validateSearch: (search: Record<string, unknown>) => ({
    ...(search.filter === "unread" || search.filter === "mine" ? { filter: search.filter } : {}),
    ...(text(search.mark) ? { mark: text(search.mark) } : {}),
  }),
  loader: words("conversation", "contact", "asset", "template"),
  component: page(() => import("./TalkPage.tsx")),
});

const room = createRoute({
  getParentRoute: () => talk,
  path: "$channelId/$contactId",
  validateSearch: (search: Record<string, unknown>): { template?: string } => {
    const template = text(search.template);
    return template ? { template } : {};
  },
  loader: words("conversation", "contact", "asset", "template"),
  component: page(() => import("./RoomPage.tsx")),
});

export const talkRoutes = [talk.addChildren([room])] as const;
