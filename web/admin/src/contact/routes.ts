/** 友だち. */
import { createRoute } from "@tanstack/react-router";
import { queryClient } from "../app/query.ts";
import { id, only, page, text, texts } from "../app/route.ts";
import { inShell } from "../app/shell/route.ts";
import { words } from "../i18n/i18n.ts";
import { contactQuery } from "./api.ts";
import { STATES } from "./states.ts";
import { CONTACT_TABS, type ContactTab } from "./tabs.ts";

const contacts = createRoute({
  ...inShell,
  path: "/contacts",
  validateSearch: (search: Record<string, unknown>) => {
    const [q, tags, state, segment, mark, view] = [
      text(search.q),
      texts(search.tags)?.flatMap((one) => id(one) ?? []),
      STATES.find((one) => one === search.state) as string | undefined,
      id(search.segment),
      text(search.mark),
      id(search.view),
    ];
    return {
      ...(q ? { q } : {}),
      ...(tags?.length ? { tags } : {}),
      ...(state ? { state } : {}),
      ...(segment ? { segment } : {}),
      ...(mark ? { mark } : {}),
      ...(view ? { view } : {}),
    };
  },
  loader: words("contact", "condition"),
  component: page(() => import("./ContactsPage.tsx")),
});

const importContacts = createRoute({
  ...inShell,
  path: "/contacts/import",
  beforeLoad: only("import"),
  loader: words("contact"),
  component: page(() => import("./ImportPage.tsx")),
});

const bulks = createRoute({
  ...inShell,
  path: "/contacts/bulks",
  loader: words("contact"),
  component: page(() => import("./BulksPage.tsx")),
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
    return words("contact")();
  },
  component: page(() => import("./ContactPage.tsx")),
});

export const contactRoutes = [contacts, importContacts, bulks, contact] as const;
