/** Journeys. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask, json, once, tell } from "../api/client.ts";
import type { Journey, JourneyDraft, Planned } from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const journeysQuery = queryOptions({
  queryKey: ["journey", "list"],
  queryFn: () => tell<{ items: Journey[] }>(api.GET("/journeys")),
});
export const journeyQuery = (id: string) =>
  queryOptions({
    queryKey: ["journey", "one", id],
    queryFn: () => tell<Journey>(api.GET("/journeys/{id}", at(id))),
  });
export const figuresQuery = (id: string) =>
  queryOptions({
    queryKey: ["journey", "one", id, "figures"],
    queryFn: () => ask(api.GET("/journeys/{id}/figures", at(id))),
  });

export const create = (body: JourneyDraft) =>
  tell<Journey>(api.POST("/journeys", { body: json(body) }));
export const update = (id: string, body: JourneyDraft) =>
  tell<Journey>(api.PUT("/journeys/{id}", { ...at(id), body: json(body) }));
export const remove = (id: string) => ask(api.DELETE("/journeys/{id}", at(id)));
export const publish = (id: string) => tell<Journey>(api.POST("/journeys/{id}/publish", at(id)));
export const stop = (id: string) => tell<Journey>(api.POST("/journeys/{id}/stop", at(id)));
export const enroll = (id: string, key: string, contact_ids: string[]) =>
  ask(api.POST("/journeys/{id}/enroll", { ...at(id), body: json({ contact_ids }), ...once(key) }));
export const dryRun = (id: string, contact_id: string | null) =>
  tell<{ items: Planned[] }>(
    api.POST("/journeys/{id}/dry-run", { ...at(id), body: json(contact_id ? { contact_id } : {}) }),
  );
