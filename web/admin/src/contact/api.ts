/** Friends. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, tell } from "../api/client.ts";
import type { ContactEdit, FriendState, Why } from "../api/types.ts";

export interface ContactFilter {
  q?: string;
  /** Ids separated by commas: has all of them. */
  tag?: string;
  state?: FriendState;
  channel?: string;
  segment?: string;
}

export const contactsQuery = (filter: ContactFilter) =>
  infiniteQueryOptions({
    queryKey: ["contact", "list", filter],
    queryFn: ({ pageParam }) =>
      ask(api.GET("/contacts", { params: { query: { ...filter, ...pageParam, limit: 50 } } })),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });

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

/** How many are changed at the same time. */
const AT_ONCE = 4;

/** The same change for many; tells how far it is, and throws what the first failure threw. */
export async function editMany(
  ids: string[],
  body: ContactEdit,
  onProgress: (done: number) => void,
): Promise<void> {
  const left = [...ids];
  let done = 0;
  const worker = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      await edit(id, body);
      onProgress(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
