/** LINE accounts. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask, json, tell } from "../api/client.ts";
import type { Channel, ChannelMode, Check, NewChannel, Probe } from "../api/types.ts";

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
  body: { name?: string; color?: string; mode?: ChannelMode; reserve_percent?: number },
) => ask(api.PATCH("/channels/{id}", { ...at(id), body }));
export const rotateSecret = (id: string, body: { secret: string; access_token?: string }) =>
  ask(api.PUT("/channels/{id}/secret", { ...at(id), body }));
export const dropOldSecret = (id: string) => ask(api.DELETE("/channels/{id}/secret/old", at(id)));
export const setWebhook = (id: string) =>
  ask(api.PUT("/channels/{id}/webhook", { ...at(id), body: json({}) }));
export const remove = (id: string) => ask(api.DELETE("/channels/{id}", at(id)));
export const stop = (id: string) => ask(api.POST("/channels/{id}/stop", at(id)));
export const release = (id: string) => ask(api.POST("/channels/{id}/release", at(id)));
export const stopAll = () => ask(api.POST("/channels/stop"));
