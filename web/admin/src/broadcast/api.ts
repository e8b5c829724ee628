/** Broadcasts. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, json, once, tell } from "../api/client.ts";
import type {
  Broadcast,
  BroadcastDraft,
  BroadcastPreview,
  BroadcastWithCounts,
} from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const broadcastsQuery = infiniteQueryOptions({
  queryKey: ["broadcast", "list"],
  queryFn: ({ pageParam }) =>
    tell<{ items: Broadcast[]; next: string | null }>(
      api.GET("/broadcasts", { params: { query: { ...pageParam, limit: 50 } } }),
    ),
  initialPageParam: {} as { cursor?: string },
  getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
});

export const broadcastQuery = (id: string) =>
  queryOptions({
    queryKey: ["broadcast", "one", id],
    queryFn: () => tell<BroadcastWithCounts>(api.GET("/broadcasts/{id}", at(id))),
  });

/** Looks at everybody in the audience: asked for only where it is shown. */
export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ["broadcast", "one", id, "preview"],
    queryFn: () => tell<BroadcastPreview>(api.POST("/broadcasts/{id}/preview", at(id))),
    staleTime: 0,
  });

export const create = (key: string, body: BroadcastDraft) =>
  tell<Broadcast>(api.POST("/broadcasts", { body: json(body), ...once(key) }));
export const update = (id: string, body: BroadcastDraft) =>
  tell<Broadcast>(api.PUT("/broadcasts/{id}", { ...at(id), body: json(body) }));
export const remove = (id: string) => ask(api.DELETE("/broadcasts/{id}", at(id)));
export const confirm = (id: string, key: string) =>
  tell<Broadcast>(api.POST("/broadcasts/{id}/confirm", { ...at(id), ...once(key) }));
export const pause = (id: string) => ask(api.POST("/broadcasts/{id}/pause", at(id)));
export const resume = (id: string) => ask(api.POST("/broadcasts/{id}/resume", at(id)));
export const cancel = (id: string) => ask(api.POST("/broadcasts/{id}/cancel", at(id)));
export const sendTest = (id: string, key: string, contact_ids: string[]) =>
  ask(api.POST("/broadcasts/{id}/test", { ...at(id), body: { contact_ids }, ...once(key) }));
