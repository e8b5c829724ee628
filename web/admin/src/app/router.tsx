/** Addresses and the pages behind them; every page is its own file to load. */
import { Box } from "@mantine/core";
import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  isRedirect,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { asProblem, Problem } from "../api/problem.ts";
import type { Permission } from "../api/types.ts";
import { channelsQuery } from "../channel/api.ts";
import { contactQuery } from "../contact/api.ts";
import { CONTACT_TABS, type ContactTab } from "../contact/tabs.ts";
import { words } from "../i18n/i18n.ts";
import { meQuery, setupQuery } from "../session/api.ts";
import { draftsOf } from "../ui/draft.ts";
import { ErrorView } from "../ui/ErrorView.tsx";
import { Waiting } from "../ui/Loaded.tsx";
import { queryClient } from "./query.ts";

/** Asks whether the server can be reached at all. */
const reachable = () =>
  fetch("/admin/", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
const RELOADED = "enishi.reloaded";

/**
 * A page in a file of its own. While the network is away that is said in place, where it can be tried again; a server
 * that is there but has the file no longer is a newer one, and the browser begins anew with it (once; drafts are kept).
 */
function page<T extends Record<string, unknown>>(load: () => Promise<T>, name?: string) {
  const safely = async () => {
    try {
      return await load();
    } catch (thrown) {
      const before = Number(sessionStorage.getItem(RELOADED));
      if ((await reachable()) && Date.now() - before > 60_000) {
        sessionStorage.setItem(RELOADED, String(Date.now()));
        location.reload();
        return new Promise<never>(() => undefined);
      }
      throw asProblem(thrown);
    }
  };
  return lazyRouteComponent(safely as () => Promise<Record<string, never>>, name);
}

const root = createRootRoute({ component: Outlet });

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
const texts = (value: unknown): string[] | undefined => {
  const list = (Array.isArray(value) ? value : [value]).flatMap((one) => text(one) ?? []);
  return list.length > 0 ? list : undefined;
};

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
  component: page(() => import("../session/LoginPage.tsx")),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  loader: words("session"),
  component: page(() => import("../session/SetupPage.tsx")),
});
const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  loader: words("session"),
  component: page(() => import("../session/InvitePage.tsx")),
});

const secondStep = createRoute({
  getParentRoute: () => root,
  path: "/second-step",
  loader: words("session"),
  component: page(() => import("../session/SecondStepPage.tsx")),
});

const shell = createRoute({
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
  component: page(() => import("./shell/Shell.tsx"), "Shell"),
});
const inShell = { getParentRoute: () => shell };

/** Pages that could only refuse are not begun: an address written by hand is told so at once. */
const only = (permission: Permission) => async () => {
  const { permissions } = await queryClient.ensureQueryData(meQuery);
  if (!permissions.includes(permission)) throw new Problem({ code: "forbidden", status: 403 });
};

const home = createRoute({
  ...inShell,
  path: "/",
  validateSearch: (search: Record<string, unknown>): { days?: 7 | 90 } =>
    search.days === 7 || search.days === 90 ? { days: search.days } : {},
  loader: words("home", "broadcast", "channel", "notice", "start"),
  component: page(() => import("../home/HomePage.tsx")),
});
const start = createRoute({
  ...inShell,
  path: "/start",
  validateSearch: (search: Record<string, unknown>): { step?: string; account?: string } => {
    const [step, account] = [text(search.step), text(search.account)];
    return { ...(step ? { step } : {}), ...(account ? { account } : {}) };
  },
  loader: words("start", "channel", "template"),
  component: page(() => import("../start/StartPage.tsx")),
});

const talk = createRoute({
  ...inShell,
  path: "/talk",
  validateSearch: (search: Record<string, unknown>) => ({
    ...(search.filter === "unread" || search.filter === "mine" ? { filter: search.filter } : {}),
    ...(text(search.mark) ? { mark: text(search.mark) } : {}),
  }),
  loader: words("conversation", "contact", "asset"),
  component: page(() => import("../conversation/TalkPage.tsx")),
});
const room = createRoute({
  getParentRoute: () => talk,
  path: "$channelId/$contactId",
  validateSearch: (search: Record<string, unknown>): { template?: string } => {
    const template = text(search.template);
    return template ? { template } : {};
  },
  component: page(() => import("../conversation/RoomPage.tsx")),
});

const calendar = createRoute({
  ...inShell,
  path: "/calendar",
  validateSearch: (search: Record<string, unknown>): { view?: "week"; day?: string } => {
    const day = text(search.day);
    return {
      ...(search.view === "week" ? { view: "week" as const } : {}),
      ...(day && /^\d{4}-\d{2}-\d{2}$/.test(day) ? { day } : {}),
    };
  },
  loader: words("insight", "broadcast"),
  component: page(() => import("../insight/CalendarPage.tsx")),
});
const reports = createRoute({
  ...inShell,
  path: "/reports",
  loader: words("insight"),
  component: page(() => import("../insight/ReportsPage.tsx")),
});
const report = createRoute({
  ...inShell,
  path: "/reports/$month",
  loader: words("insight", "home"),
  component: page(() => import("../insight/ReportPage.tsx")),
});

const contacts = createRoute({
  ...inShell,
  path: "/contacts",
  validateSearch: (search: Record<string, unknown>) => {
    const [q, tags, state, segment, mark, view] = [
      text(search.q),
      texts(search.tags),
      text(search.state),
      text(search.segment),
      text(search.mark),
      text(search.view),
    ];
    return {
      ...(q ? { q } : {}),
      ...(tags ? { tags } : {}),
      ...(state ? { state } : {}),
      ...(segment ? { segment } : {}),
      ...(mark ? { mark } : {}),
      ...(view ? { view } : {}),
    };
  },
  loader: words("contact"),
  component: page(() => import("../contact/ContactsPage.tsx")),
});
const importContacts = createRoute({
  ...inShell,
  path: "/contacts/import",
  beforeLoad: only("import"),
  loader: words("contact"),
  component: page(() => import("../contact/ImportPage.tsx")),
});
const bulks = createRoute({
  ...inShell,
  path: "/contacts/bulks",
  loader: words("contact"),
  component: page(() => import("../contact/BulksPage.tsx")),
});
const contact = createRoute({
  ...inShell,
  path: "/contacts/$id",
  validateSearch: (search: Record<string, unknown>): { tab?: ContactTab } => {
    const tab = CONTACT_TABS.find((one) => one === search.tab);
    return tab && tab !== "timeline" ? { tab } : {};
  },
  loader: ({ params }) => {
    // Asked for while the page's code is on its way; the page itself says what went wrong.
    void queryClient.prefetchQuery(contactQuery(params.id));
    return words("contact", "conversation")();
  },
  component: page(() => import("../contact/ContactPage.tsx")),
});
const tags = createRoute({
  ...inShell,
  path: "/tags",
  loader: words("settings"),
  component: page(() => import("../settings/TagsPage.tsx")),
});
const attributes = createRoute({
  ...inShell,
  path: "/attributes",
  loader: words("settings"),
  component: page(() => import("../settings/AttributesPage.tsx")),
});

const templates = createRoute({
  ...inShell,
  path: "/templates",
  loader: words("template"),
  component: page(() => import("../template/TemplatesPage.tsx")),
});
const template = createRoute({
  ...inShell,
  path: "/templates/$id",
  loader: words("template", "asset"),
  component: page(() => import("../template/TemplatePage.tsx")),
});

const assets = createRoute({
  ...inShell,
  path: "/assets",
  loader: words("asset"),
  component: page(() => import("../asset/AssetsPage.tsx")),
});

const broadcasts = createRoute({
  ...inShell,
  path: "/broadcasts",
  validateSearch: (search: Record<string, unknown>) => {
    const [shelf, q] = [text(search.shelf), text(search.q)];
    return { ...(shelf ? { shelf } : {}), ...(q ? { q } : {}) };
  },
  loader: words("broadcast"),
  component: page(() => import("../broadcast/BroadcastsPage.tsx")),
});
const newBroadcast = createRoute({
  ...inShell,
  path: "/broadcasts/new",
  beforeLoad: only("send_broadcast"),
  validateSearch: (search: Record<string, unknown>): { draft?: string } => {
    const draft = text(search.draft);
    return draft ? { draft } : {};
  },
  loader: words("broadcast", "template", "condition", "insight"),
  component: page(() => import("../broadcast/ComposePage.tsx")),
});
const broadcast = createRoute({
  ...inShell,
  path: "/broadcasts/$id",
  loader: words("broadcast", "template", "condition"),
  component: page(() => import("../broadcast/BroadcastPage.tsx")),
});

const approval = createRoute({
  ...inShell,
  path: "/broadcasts/$id/approval",
  beforeLoad: only("send_broadcast"),
  loader: words("broadcast", "template", "condition"),
  component: page(() => import("../broadcast/ApprovalPage.tsx")),
});

const journeys = createRoute({
  ...inShell,
  path: "/journeys",
  loader: words("journey"),
  component: page(() => import("../journey/JourneysPage.tsx")),
});
const presets = createRoute({
  ...inShell,
  path: "/journeys/presets",
  beforeLoad: only("define"),
  loader: words("journey", "preset", "template"),
  component: page(() => import("../journey/PresetsPage.tsx")),
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
  component: page(() => import("../journey/JourneyPage.tsx")),
});

const rules = createRoute({
  ...inShell,
  path: "/rules",
  loader: words("rule", "template"),
  component: page(() => import("../rule/RulesPage.tsx")),
});
const greetings = createRoute({
  ...inShell,
  path: "/greetings",
  validateSearch: (search: Record<string, unknown>): { account?: string } => {
    const account = text(search.account);
    return account ? { account } : {};
  },
  loader: words("greeting", "rule", "template", "journey"),
  component: page(() => import("../rule/GreetingsPage.tsx")),
});
const rule = createRoute({
  ...inShell,
  path: "/rules/$id",
  loader: words("rule", "template"),
  component: page(() => import("../rule/RulePage.tsx")),
});

const channels = createRoute({
  ...inShell,
  path: "/channels",
  loader: words("channel"),
  component: page(() => import("../channel/ChannelsPage.tsx")),
});
const newChannel = createRoute({
  ...inShell,
  path: "/channels/new",
  beforeLoad: only("settings"),
  loader: words("channel"),
  component: page(() => import("../channel/ConnectPage.tsx")),
});
const channel = createRoute({
  ...inShell,
  path: "/channels/$id",
  loader: words("channel", "rule"),
  component: page(() => import("../channel/ChannelPage.tsx")),
});

const forwards = createRoute({
  ...inShell,
  path: "/channels/$id/forwards",
  loader: words("channel"),
  component: page(() => import("../channel/ForwardsPage.tsx")),
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
  component: page(() => import("../channel/LineLoginPage.tsx")),
});

const policy = createRoute({
  ...inShell,
  path: "/settings/policy",
  loader: words("settings", "broadcast"),
  component: page(() => import("../settings/PolicyPage.tsx")),
});
const notices = createRoute({
  ...inShell,
  path: "/settings/notices",
  loader: words("notice"),
  component: page(() => import("../notice/NoticesPage.tsx")),
});
const security = createRoute({
  ...inShell,
  path: "/settings/security",
  loader: words("settings", "session"),
  component: page(() => import("../settings/SecurityPage.tsx")),
});
const staff = createRoute({
  ...inShell,
  path: "/settings/staff",
  beforeLoad: only("staff"),
  loader: words("settings"),
  component: page(() => import("../settings/StaffPage.tsx")),
});
const tokens = createRoute({
  ...inShell,
  path: "/settings/tokens",
  beforeLoad: only("staff"),
  loader: words("settings"),
  component: page(() => import("../settings/TokensPage.tsx")),
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
  component: page(() => import("../settings/AuditPage.tsx")),
});
const takeout = createRoute({
  ...inShell,
  path: "/settings/takeout",
  beforeLoad: only("settings"),
  loader: words("settings"),
  component: page(() => import("../settings/TakeoutPage.tsx")),
});
const links = createRoute({
  ...inShell,
  path: "/settings/links",
  loader: words("settings"),
  component: lazyRouteComponent(() => import("../settings/LinksPage.tsx")),
});
const backups = createRoute({
  ...inShell,
  path: "/settings/backups",
  beforeLoad: only("settings"),
  loader: words("settings"),
  component: lazyRouteComponent(() => import("../settings/BackupsPage.tsx")),
});
const status = createRoute({
  ...inShell,
  path: "/settings/status",
  loader: words("settings"),
  component: page(() => import("../settings/StatusPage.tsx")),
});

const tree = root.addChildren([
  login,
  setup,
  invite,
  secondStep,
  shell.addChildren([
    home,
    start,
    talk.addChildren([room]),
    calendar,
    reports,
    report,
    contacts,
    importContacts,
    bulks,
    contact,
    tags,
    attributes,
    templates,
    template,
    assets,
    broadcasts,
    newBroadcast,
    broadcast,
    approval,
    journeys,
    presets,
    journey,
    greetings,
    rules,
    rule,
    channels,
    newChannel,
    channel,
    forwards,
    lineLogin,
    policy,
    notices,
    security,
    staff,
    tokens,
    audit,
    links,
    takeout,
    backups,
    status,
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
    if (!problem.passing) return;
    const timer = setInterval(again, AGAIN_MS);
    return () => clearInterval(timer);
  }, [problem.passing, again]);
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
