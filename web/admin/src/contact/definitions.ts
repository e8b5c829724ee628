/** What the shop says about its friends: tags, fields, saved conditions. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, ask, json, tell } from "../api/client.ts";
import type { AttributeType, Condition, Segment, Tag } from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const tagsQuery = queryOptions({
  queryKey: ["tag", "list"],
  queryFn: () => ask(api.GET("/tags")),
});
export const createTag = (body: { name: string; folder?: string }) =>
  ask(api.POST("/tags", { body }));
export const updateTag = (id: string, body: { name?: string; folder?: string }) =>
  ask(api.PATCH("/tags/{id}", { ...at(id), body }));
export const deleteTag = (id: string) => ask(api.DELETE("/tags/{id}", at(id)));

export const attributesQuery = queryOptions({
  queryKey: ["attribute", "list"],
  queryFn: () => ask(api.GET("/attributes")),
});
export const createAttribute = (body: {
  key: string;
  label: string;
  type: AttributeType;
  options?: string[];
  folder?: string;
}) => ask(api.POST("/attributes", { body }));
export const updateAttribute = (
  id: string,
  body: { label?: string; options?: string[]; folder?: string },
) => ask(api.PATCH("/attributes/{id}", { ...at(id), body }));
export const deleteAttribute = (id: string) => ask(api.DELETE("/attributes/{id}", at(id)));

export const unusedQuery = queryOptions({
  queryKey: ["tag", "list", "unused"],
  queryFn: () => ask(api.GET("/tags/unused")),
});

export const segmentsQuery = queryOptions({
  queryKey: ["segment", "list"],
  queryFn: () => tell<{ items: Segment[] }>(api.GET("/segments")),
});

export const createSegment = (body: { name: string; condition: Condition }) =>
  ask(api.POST("/segments", { body: json(body) }));

export const countQuery = (wish: { condition?: Condition; segment_id?: string }) =>
  queryOptions({
    queryKey: ["contact", "list", "count", wish],
    queryFn: () => ask(api.POST("/segments/count", { body: json(wish) })),
    staleTime: 60_000,
  });

const NONE: Tag[] = [];

/** Tags by id, for rows that carry only ids. */
export function useTags(): { tags: Tag[]; byId: (id: string) => Tag | undefined } {
  const { data } = useQuery(tagsQuery);
  const tags = data?.items ?? NONE;
  return { tags, byId: (id) => tags.find((tag) => tag.id === id) };
}
