/** Templates. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client.ts";
import type { Bubble } from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const templatesQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["template", "list", q],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/templates", {
          params: { query: { ...(q ? { q } : {}), ...pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });

/** For pickers: the newest that fit. */
export const templateSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ["template", "list", "search", q],
    queryFn: () =>
      ask(api.GET("/templates", { params: { query: { limit: 100, ...(q ? { q } : {}) } } })),
  });

export const templateQuery = (id: string) =>
  queryOptions({
    queryKey: ["template", "one", id],
    queryFn: () => ask(api.GET("/templates/{id}", at(id))),
  });

export interface TemplateDraft {
  name: string;
  folder: string;
  messages: Bubble[];
}
export const create = (body: TemplateDraft) => ask(api.POST("/templates", { body }));
export const update = (id: string, body: TemplateDraft) =>
  ask(api.PUT("/templates/{id}", { ...at(id), body }));
export const archive = (id: string) => ask(api.DELETE("/templates/{id}", at(id)));

export const verdictQuery = (messages: Bubble[]) =>
  queryOptions({
    queryKey: ["template", "verdict", messages],
    queryFn: () => ask(api.POST("/templates/validate", { body: { messages } })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });

export interface PreviewWish {
  messages?: Bubble[];
  template_id?: string;
  contact_id?: string;
  channel_id?: string;
}
export const previewQuery = (wish: PreviewWish) =>
  queryOptions({
    queryKey: ["template", "preview", wish],
    queryFn: () => ask(api.POST("/templates/preview", { body: wish })),
    staleTime: 30_000,
    gcTime: 30_000,
  });

export const sendTest = (
  id: string,
  key: string,
  body: { channel_id: string; contact_ids: string[] },
) =>
  ask(
    api.POST("/templates/{id}/test", {
      params: { path: { id }, header: { "Idempotency-Key": key } },
      body,
    }),
  );
