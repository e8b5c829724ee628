/** Templates. */
import { infiniteQueryOptions, queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask, json, once, tell } from "../api/client.ts";
import type { Bubble, Template, TemplatePreview, TemplateVersion } from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export interface TemplateFilter {
  q: string;
  /** '' for all. */
  folder: string;
}
export const templatesQuery = ({ q, folder }: TemplateFilter) =>
  infiniteQueryOptions({
    queryKey: ["template", "list", q, folder],
    queryFn: ({ pageParam }) =>
      tell<{ items: Template[]; next: string | null }>(
        api.GET("/templates", {
          params: {
            query: {
              ...(q ? { q } : {}),
              ...(folder ? { folder } : {}),
              ...pageParam,
              limit: 50,
            },
          },
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
      tell<{ items: Template[]; next: string | null }>(
        api.GET("/templates", { params: { query: { limit: 100, ...(q ? { q } : {}) } } }),
      ),
  });

export const templateQuery = (id: string) =>
  queryOptions({
    queryKey: ["template", "one", id],
    queryFn: () => tell<Template>(api.GET("/templates/{id}", at(id))),
  });

export const usageQuery = (id: string) =>
  queryOptions({
    queryKey: ["template", "usage", id],
    queryFn: () => ask(api.GET("/templates/{id}/usage", at(id))),
  });

/** The folders in use. */
export function useFolders(): string[] {
  const { data } = useQuery(templateSearchQuery(""));
  return [...new Set(data?.items.map((one) => one.folder))].filter(Boolean).toSorted();
}

export interface TemplateDraft {
  name: string;
  folder: string;
  messages: Bubble[];
  /** Written for one broadcast alone; said once, when it is made. */
  made_for?: Template["made_for"];
  /** The version it was begun from; saved over nobody then. */
  base?: number;
}
/** A template that is written on. */
export const begun = ({ name, folder, messages, number }: Template): TemplateDraft => ({
  name,
  folder,
  messages,
  base: number,
});
export const create = ({ base: _, ...body }: TemplateDraft) =>
  tell<Template>(api.POST("/templates", { body: json(body) }));
export const update = (id: string, body: Partial<Omit<TemplateDraft, "made_for">>) =>
  tell<Template>(api.PUT("/templates/{id}", { ...at(id), body: json(body) }));
/** One version; it never changes. */
export const versionQuery = (id: string, version: string) =>
  queryOptions({
    queryKey: ["template", "versions", id, version],
    queryFn: () =>
      tell<TemplateVersion>(
        api.GET("/templates/{id}/versions/{version_id}", {
          params: { path: { id, version_id: version } },
        }),
      ),
    staleTime: "static",
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["template", "versions", id],
    queryFn: () => tell<{ items: TemplateVersion[] }>(api.GET("/templates/{id}/versions", at(id))),
  });

export const archive = (id: string) => ask(api.DELETE("/templates/{id}", at(id)));

export const verdictQuery = (messages: Bubble[]) =>
  queryOptions({
    queryKey: ["template", "verdict", messages],
    queryFn: () => ask(api.POST("/templates/validate", { body: json({ messages }) })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
  });

export interface PreviewWish {
  messages?: Bubble[];
  template_id?: string;
  /** As it was then, not as it is now. */
  version_id?: string;
  contact_id?: string;
  channel_id?: string;
}
export const previewQuery = (wish: PreviewWish) =>
  queryOptions({
    queryKey: ["template", "preview", wish],
    queryFn: () => tell<TemplatePreview>(api.POST("/templates/preview", { body: json(wish) })),
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
      ...at(id),
      ...once(key),
      body,
    }),
  );
