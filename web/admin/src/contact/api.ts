/** Friends. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, json, once, tell } from "../api/client.ts";
import type {
  Bulk,
  BulkDeed,
  BulkWhom,
  ContactEdit,
  FriendState,
  NewView,
  View,
  Wanted,
  Why,
} from "../api/types.ts";
import { queryClient } from "../app/query.ts";

export interface ContactFilter {
  q?: string;
  /** Ids separated by commas: has all of them. */
  tag?: string;
  state?: FriendState;
  channel?: string;
  segment?: string;
  mark?: string;
}

/** The filter as views and bulk deeds keep it. */
export const wantedOf = ({ tag, ...rest }: ContactFilter): Wanted => ({
  ...rest,
  ...(tag ? { tags: tag.split(",") } : {}),
});

/** Rows of one page; the table asks for the next before its end is seen. */
const PAGE = 100;
/** Beyond so many pages a change elsewhere does not fetch all of them again. */
const PAGES_FRESH = 3;

export const contactsQuery = (filter: ContactFilter) =>
  infiniteQueryOptions({
    queryKey: ["contact", "list", filter],
    queryFn: ({ pageParam }) =>
      ask(api.GET("/contacts", { params: { query: { ...filter, ...pageParam, limit: PAGE } } })),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
    staleTime: (query) => ((query.state.data?.pages.length ?? 0) > PAGES_FRESH ? "static" : 10_000),
  });

/** One's own deed shows at once, also in a list too long to be read anew for every change elsewhere. */
export const freshContacts = () =>
  queryClient.resetQueries({
    queryKey: ["contact", "list"],
    predicate: ({ state }) => pagesOf(state.data) > PAGES_FRESH,
  });

const pagesOf = (data: unknown) =>
  data && typeof data === "object" && "pages" in data && Array.isArray(data.pages)
    ? data.pages.length
    : 0;

/** A few people whose name fits, for pickers. */
export const contactSearchQuery = (q: string, channel: string | undefined) =>
  queryOptions({
    queryKey: ["contact", "list", "search", q, channel ?? ""],
    queryFn: () =>
      ask(
        api.GET("/contacts", {
          params: { query: { limit: 10, ...(q ? { q } : {}), ...(channel ? { channel } : {}) } },
        }),
      ),
  });

/** The shop's own people among the friends, for pickers. */
export const staffQuery = (channel: string | undefined) =>
  queryOptions({
    queryKey: ["contact", "list", "staff", channel ?? ""],
    queryFn: () =>
      ask(
        api.GET("/contacts", {
          params: { query: { staff: true, limit: 20, ...(channel ? { channel } : {}) } },
        }),
      ),
  });

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", "one", id],
    queryFn: () => ask(api.GET("/contacts/{id}", { params: { path: { id } } })),
  });

export const timelineQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["contact", "one", id, "timeline"],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/contacts/{id}/timeline", {
          params: { path: { id }, query: { ...pageParam, limit: 30 } },
        }),
      ),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });

export const whyQuery = (id: string) =>
  queryOptions({
    queryKey: ["contact", "one", id, "why"],
    queryFn: () => tell<Why>(api.GET("/contacts/{id}/why", { params: { path: { id } } })),
  });

export const edit = (id: string, body: ContactEdit) =>
  ask(api.PATCH("/contacts/{id}", { params: { path: { id } }, body }));

const at = (id: string) => ({ params: { path: { id } } });

/* ---- saved views ---- */
export const viewsQuery = queryOptions({
  queryKey: ["view", "list"],
  queryFn: () => tell<{ items: View[] }>(api.GET("/views")),
});
export const createView = (body: NewView) => tell<View>(api.POST("/views", { body: json(body) }));
export const updateView = (id: string, body: NewView) =>
  tell<View>(api.PUT("/views/{id}", { ...at(id), body: json(body) }));
export const deleteView = (id: string) => ask(api.DELETE("/views/{id}", at(id)));

/* ---- one thing for many ---- */
export interface BulkWish {
  deed: BulkDeed;
  whom: BulkWhom;
}
export const bulkPreviewQuery = (wish: BulkWish) =>
  queryOptions({
    queryKey: ["contact", "list", "bulk-preview", wish],
    queryFn: () => ask(api.POST("/bulks/preview", { body: json(wish) })),
    staleTime: 5_000,
  });
export const bulksQuery = queryOptions({
  queryKey: ["bulk", "list"],
  queryFn: () => tell<{ items: Bulk[] }>(api.GET("/bulks", { params: { query: { limit: 50 } } })),
});
export const startBulk = (wish: BulkWish, key: string) =>
  tell<Bulk>(api.POST("/bulks", { body: json(wish), ...once(key) }));
export const stopBulk = (id: string) => ask(api.POST("/bulks/{id}/stop", at(id)));
export const undoBulk = (id: string) => ask(api.POST("/bulks/{id}/undo", at(id)));

/* ---- files ---- */
/** A file goes as it is: the server reads how it is written. */
const raw = (file: File) => ({
  body: json<never>(file),
  bodySerializer: (body: unknown) => body as BodyInit,
});
const CSV = { "content-type": "text/csv" };
const columnsParam = (columns: string[] | undefined) =>
  columns ? { columns: JSON.stringify(columns) } : {};

export const previewImport = (file: File, channel: string, columns?: string[]) =>
  ask(
    api.POST("/contacts/import/preview", {
      params: { query: { channel, ...columnsParam(columns) } },
      ...raw(file),
      headers: CSV,
    }),
  );

export type ImportMode = "all-or-nothing" | "good-rows";
export type ImportStart = "nothing" | "greeting" | "journeys" | "greeting,journeys";
export interface ImportWish {
  channel: string;
  columns: string[];
  mode: ImportMode;
  start: ImportStart;
}
export const importFile = (file: File, { columns, ...query }: ImportWish, key: string) =>
  ask(
    api.POST("/contacts/import", {
      params: { query: { ...query, ...columnsParam(columns) } },
      ...raw(file),
      headers: { ...CSV, ...once(key).headers },
    }),
  );
export const wrongRows = async (file: File, channel: string, columns: string[]): Promise<Blob> =>
  tell<Blob>(
    api.POST("/contacts/import/wrong-rows", {
      params: { query: { channel, ...columnsParam(columns) } },
      ...raw(file),
      headers: CSV,
      parseAs: "blob",
    }),
  );

/** Where the browser fetches the list as a file. */
export function exportAddress(filter: ContactFilter, columns: string[], encoding: string): string {
  const query = new URLSearchParams({ ...filter, columns: columns.join(","), encoding });
  return `/api/v1/contacts/export?${query}`;
}

/* ---- one person ---- */
export const dataAddress = (id: string) => `/api/v1/contacts/${id}/data`;
export const erase = (id: string, confirm: string) =>
  ask(api.POST("/contacts/{id}/erase", { ...at(id), body: { confirm } }));
export const merge = (id: string, contact_id: string) =>
  ask(api.POST("/contacts/{id}/merge", { ...at(id), body: { contact_id } }));
export const split = (id: string, merge_id: string) =>
  ask(api.POST("/contacts/{id}/split", { ...at(id), body: { merge_id } }));
