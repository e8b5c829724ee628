/** Broadcasts. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, json, once, tell } from "../api/client.ts";
import type {
  Broadcast,
  BroadcastDraft,
  BroadcastPreview,
  BroadcastResult,
  BroadcastRow,
  BroadcastSafety,
  BroadcastState,
  BroadcastWithCounts,
  Finding,
  FoundPlace,
  Kept,
} from "../api/types.ts";
import { queryClient } from "../app/query.ts";

const at = (id: string) => ({ params: { path: { id } } });

/** What the list shows, in the order of its tabs. */
export const SHELVES = {
  all: [],
  draft: ["draft"],
  planned: ["scheduled"],
  running: ["snapshotting", "sending", "paused"],
  done: ["done", "cancelled"],
} satisfies Record<string, BroadcastState[]>;
export type Shelf = keyof typeof SHELVES;

export const shelfQuery = (shelf: Shelf, q: string, channel?: string) =>
  infiniteQueryOptions({
    queryKey: ["broadcast", "list", shelf, q, channel ?? ""],
    queryFn: ({ pageParam }) =>
      tell<{ items: BroadcastRow[]; next: string | null }>(
        api.GET("/broadcasts", {
          params: {
            query: {
              ...pageParam,
              limit: 50,
              ...(SHELVES[shelf].length > 0 ? { state: SHELVES[shelf].join(",") } : {}),
              ...(q ? { q } : {}),
              ...(channel ? { channel } : {}),
            },
          },
        }),
      ),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });
export const broadcastsQuery = shelfQuery("all", "");

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

/** What is being asked elsewhere. */
const WAITING: FoundPlace["what"][] = ["link_waiting", "coupon_waiting"];

/** Links and coupons are asked about meanwhile: looked at again until every one has answered. */
export const checkQuery = (id: string) =>
  queryOptions({
    queryKey: ["broadcast", "one", id, "check"],
    queryFn: async () =>
      (await tell<{ items: Finding[] }>(api.POST("/broadcasts/{id}/check", at(id)))).items,
    refetchInterval: ({ state }) =>
      state.data?.some(({ places }) => places.some(({ what }) => WAITING.includes(what)))
        ? 1_500
        : false,
  });

/** What 確認 shows is looked at anew when it is opened again; what stood there before is of another plan. */
export function forgetLook(id: string): void {
  queryClient.removeQueries({ queryKey: previewQuery(id).queryKey });
  queryClient.removeQueries({ queryKey: checkQuery(id).queryKey });
}

export const resultQuery = (id: string) =>
  queryOptions({
    queryKey: ["broadcast", "one", id, "result"],
    queryFn: () => tell<BroadcastResult>(api.GET("/broadcasts/{id}/result", at(id))),
  });

/** Under the rules' kind: another window may change them. */
export const safetyQuery = queryOptions({
  queryKey: ["policy", "one", "broadcasts"],
  queryFn: () => tell<Kept<BroadcastSafety>>(api.GET("/settings/broadcasts")),
});
export const setSafety = (body: Kept<BroadcastSafety>) =>
  tell<Kept<BroadcastSafety>>(api.PUT("/settings/broadcasts", { body: json(body) }));

export const requestApproval = (id: string) => ask(api.POST("/broadcasts/{id}/approval", at(id)));
/** `seen`: what was looked at; refused when somebody has changed it since. */
export const approve = (id: string, comment: string, seen: string) =>
  ask(api.POST("/broadcasts/{id}/approve", { ...at(id), body: { comment, seen } }));
export const sendBack = (id: string, comment: string) =>
  ask(api.POST("/broadcasts/{id}/return", { ...at(id), body: { comment } }));

export const create = (key: string, body: BroadcastDraft) =>
  tell<Broadcast>(api.POST("/broadcasts", { body: json(body), ...once(key) }));
export const update = (id: string, body: BroadcastDraft) =>
  tell<Broadcast>(api.PUT("/broadcasts/{id}", { ...at(id), body: json(body) }));
export const remove = (id: string) => ask(api.DELETE("/broadcasts/{id}", at(id)));
export const confirm = (id: string, key: string, seen: string) =>
  tell<Broadcast>(
    api.POST("/broadcasts/{id}/confirm", { ...at(id), body: { seen }, ...once(key) }),
  );
export const pause = (id: string) => ask(api.POST("/broadcasts/{id}/pause", at(id)));
export const resume = (id: string) => ask(api.POST("/broadcasts/{id}/resume", at(id)));
export const cancel = (id: string) => ask(api.POST("/broadcasts/{id}/cancel", at(id)));
export const sendTest = (id: string, key: string, contact_ids: string[]) =>
  ask(api.POST("/broadcasts/{id}/test", { ...at(id), body: { contact_ids }, ...once(key) }));
