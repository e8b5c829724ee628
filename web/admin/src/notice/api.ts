/** Notices to staff. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, once, tell } from "../api/client.ts";
import type { Kept, Notice, NoticeRules, NoticeTargetInput } from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const openQuery = queryOptions({
  queryKey: ["notice", "list", "open"],
  queryFn: () => ask(api.GET("/notices/open")),
  staleTime: 30_000,
  refetchInterval: 120_000,
});

export const noticesQuery = infiniteQueryOptions({
  queryKey: ["notice", "list", "all"],
  queryFn: ({ pageParam }) =>
    tell<{ items: Notice[]; next: string | null }>(
      api.GET("/notices", { params: { query: { ...pageParam, limit: 20 } } }),
    ),
  initialPageParam: {} as { cursor?: string },
  getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
});

export const rulesQuery = queryOptions({
  queryKey: ["notice", "list", "rules"],
  queryFn: () => tell<Kept<NoticeRules>>(api.GET("/settings/notices")),
});
export const setRules = (body: Kept<NoticeRules>) =>
  tell<Kept<NoticeRules>>(api.PUT("/settings/notices", { body }));

export const targetsQuery = queryOptions({
  queryKey: ["notice", "list", "targets"],
  queryFn: () => ask(api.GET("/notice-targets")),
});
export const createTarget = (body: NoticeTargetInput) => ask(api.POST("/notice-targets", { body }));
export const updateTarget = (id: string, body: NoticeTargetInput) =>
  ask(api.PUT("/notice-targets/{id}", { ...at(id), body }));
export const deleteTarget = (id: string) => ask(api.DELETE("/notice-targets/{id}", at(id)));
export const testTarget = (id: string, key: string) =>
  ask(api.POST("/notice-targets/{id}/test", { ...at(id), ...once(key) }));
