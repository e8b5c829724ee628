/** The talk: rooms, messages, who takes care. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, json, once, tell } from "../api/client.ts";
import type { Bubble, TalkMessage, TalkPath, Template, TemplatePreview } from "../api/types.ts";

export interface TalkFilter {
  channel?: string;
  unread?: boolean;
  assignee?: string;
  mark?: string;
}

export const conversationsQuery = (filter: TalkFilter) =>
  infiniteQueryOptions({
    queryKey: ["conversation", "list", filter],
    queryFn: ({ pageParam }) =>
      ask(api.GET("/conversations", { params: { query: { ...filter, ...pageParam, limit: 50 } } })),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });

/** Unread talks, up to a ceiling that nobody counts beyond. */
export const unreadQuery = (channel: string | undefined) =>
  queryOptions({
    queryKey: ["conversation", "list", "unread", channel ?? "all"],
    queryFn: async () => {
      const query = { unread: true, limit: 99, ...(channel ? { channel } : {}) };
      const page = await ask(api.GET("/conversations", { params: { query } }));
      return { count: page.items.length, more: page.next !== null };
    },
  });

/** The newest unread talks, asked for now: for notices. */
export const freshUnread = async () =>
  (await ask(api.GET("/conversations", { params: { query: { unread: true, limit: 5 } } }))).items;

export const conversationQuery = (path: TalkPath) =>
  queryOptions({
    queryKey: ["conversation", "one", path.contact_id, path.channel_id],
    queryFn: () => ask(api.GET("/conversations/{channel_id}/{contact_id}", { params: { path } })),
  });

export const messagesQuery = (path: TalkPath) =>
  infiniteQueryOptions({
    queryKey: ["message", "one", path.contact_id, path.channel_id],
    queryFn: ({ pageParam }) =>
      tell<{ items: TalkMessage[]; next: string | null }>(
        api.GET("/conversations/{channel_id}/{contact_id}/messages", {
          params: { path, query: { ...pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });

const ROOM = "/conversations/{channel_id}/{contact_id}";

/** What staff say: words, a template as it is, or messages put together here. */
export type Speech = { text: string } | { template_id: string } | { messages: Bubble[] };

export const send = (path: TalkPath, key: string, body: Speech) =>
  ask(
    api.POST(`${ROOM}/messages`, {
      params: { path },
      ...once(key),
      body: json(body),
    }),
  );
export const setMark = (path: TalkPath, mark: string) =>
  ask(api.PUT(`${ROOM}/mark`, { params: { path }, body: { mark } }));
export const setAssignee = (path: TalkPath, user_id: string | null) =>
  ask(api.PUT(`${ROOM}/assignee`, { params: { path }, body: { user_id } }));
export const markRead = (path: TalkPath) => ask(api.POST(`${ROOM}/read`, { params: { path } }));

export const marksQuery = queryOptions({
  queryKey: ["conversation", "list", "marks"],
  queryFn: () => ask(api.GET("/marks")),
  staleTime: 60_000,
});

/** A template's texts with this friend's values in them, to be changed before they are sent; `undefined` if it has more than texts. */
export async function textOf(template: Template, path: TalkPath): Promise<string | undefined> {
  const body = { template_id: template.id, ...path, links: "plain" };
  const { messages } = await tell<TemplatePreview>(
    api.POST("/templates/preview", { body: json(body) }),
  );
  const texts = messages?.map((one) =>
    one.type === "text" && "text" in one ? one.text : undefined,
  );
  return texts?.every((text) => text !== undefined) ? texts.join("\n") : undefined;
}
