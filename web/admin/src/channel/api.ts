/** LINE accounts. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, tell } from "../api/client.ts";
import type {
  Channel,
  Check,
  ChecklistItem,
  ForwardLog,
  NewChannel,
  Probe,
  Received,
  Reception,
} from "../api/types.ts";

export const channelsQuery = queryOptions({
  queryKey: ["channel", "list"],
  queryFn: () => ask(api.GET("/channels")),
});

export const channelQuery = (id: string) =>
  queryOptions({
    queryKey: ["channel", "one", id],
    queryFn: () => ask(api.GET("/channels/{id}", { params: { path: { id } } })),
  });

/** Asks LINE, not us: only when somebody wants to know. */
export const checkQuery = (id: string) =>
  queryOptions({
    queryKey: ["channel", "one", id, "check"],
    queryFn: () =>
      tell<{ checks: Check[]; probe: Probe | null }>(
        api.GET("/channels/{id}/check", { params: { path: { id } } }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const providersQuery = queryOptions({
  queryKey: ["channel", "providers"],
  queryFn: () => ask(api.GET("/providers")),
});

const at = (id: string) => ({ params: { path: { id } } });

export const connect = (body: NewChannel) =>
  tell<{ channel: Channel; probe: Probe }>(api.POST("/channels", { body }));
export const update = (
  id: string,
  body: { name?: string; color?: string; reserve_percent?: number },
) => ask(api.PATCH("/channels/{id}", { ...at(id), body }));
export const rotateSecret = (id: string, body: { secret: string; access_token?: string }) =>
  ask(api.PUT("/channels/{id}/secret", { ...at(id), body }));
export const dropOldSecret = (id: string) => ask(api.DELETE("/channels/{id}/secret/old", at(id)));
export const setWebhook = (id: string, body: Reception) =>
  tell<Received>(api.PUT("/channels/{id}/webhook", { ...at(id), body }));
export const restoreWebhook = (id: string) =>
  tell<Received>(api.POST("/channels/{id}/webhook/restore", at(id)));
export const remove = (id: string) => ask(api.DELETE("/channels/{id}", at(id)));
export const stop = (id: string) => ask(api.POST("/channels/{id}/stop", at(id)));
export const release = (id: string) => ask(api.POST("/channels/{id}/release", at(id)));
export const stopAll = () => ask(api.POST("/channels/stop"));

export const forwardsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["channel", "one", id, "forwards"],
    queryFn: ({ pageParam }) =>
      tell<ForwardLog>(
        api.GET("/channels/{id}/forwards", {
          params: { path: { id }, query: { ...pageParam, limit: 50 } },
        }),
      ),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
    refetchInterval: 10_000,
  });
export const retryForwards = (id: string) =>
  tell<{ retried: number }>(api.POST("/channels/{id}/forwards/retry", at(id)));

export const ticksQuery = (id: string) =>
  queryOptions({
    queryKey: ["channel", "one", id, "ticks"],
    queryFn: () => ask(api.GET("/channels/{id}/ticks", at(id))),
  });
export const setTick = (id: string, body: { item: ChecklistItem; ticked: boolean }) =>
  ask(api.PUT("/channels/{id}/ticks", { ...at(id), body }));

export const providerCheckQuery = (id: string) =>
  queryOptions({
    queryKey: ["channel", "one", id, "provider"],
    queryFn: () => ask(api.GET("/channels/{id}/provider-check", at(id))),
  });
export const beginProviderCheck = (
  id: string,
  body: { login_channel_id: string; login_secret: string },
) => ask(api.POST("/channels/{id}/provider-check", { ...at(id), body }));
export const finishProviderCheck = (body: { state: string; code: string }) =>
  ask(api.POST("/provider-checks/finish", { body }));

const WHILE_RUNNING_MS = 1_500;
export const friendFetchQuery = (id: string) =>
  queryOptions({
    queryKey: ["channel", "one", id, "fetch"],
    queryFn: () => ask(api.GET("/channels/{id}/followers", at(id))),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? WHILE_RUNNING_MS : false),
  });
export const fetchFriends = (id: string) => ask(api.POST("/channels/{id}/followers", at(id)));
export const stopFetch = (id: string) => ask(api.DELETE("/channels/{id}/followers", at(id)));
/** Asks LINE, whose figure is of yesterday. */
export const lineFriendsQuery = (id: string) =>
  queryOptions({
    queryKey: ["channel", "one", id, "line-friends"],
    queryFn: () => ask(api.GET("/channels/{id}/line-friends", at(id))),
    staleTime: 600_000,
    retry: false,
  });
