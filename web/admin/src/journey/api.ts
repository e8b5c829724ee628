/** Journeys. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask, json, once, tell } from "../api/client.ts";
import type { Graph, Journey, JourneyDraft, Planned } from "../api/types.ts";

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
export const figuresQuery = (
  id: string,
  { days, version }: { days: number; version?: string | undefined } = { days: 30 },
) =>
  queryOptions({
    queryKey: ["journey", "one", id, "figures", days, version ?? ""],
    queryFn: () =>
      ask(
        api.GET("/journeys/{id}/figures", {
          params: { path: { id }, query: { days, ...(version ? { version } : {}) } },
        }),
      ),
  });
export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["journey", "one", id, "versions"],
    queryFn: () => ask(api.GET("/journeys/{id}/versions", at(id))),
  });
/** A version never changes. */
export const versionQuery = (id: string, journey_version: string) =>
  queryOptions({
    queryKey: ["journey", "version", id, journey_version],
    queryFn: () =>
      tell<Graph>(
        api.GET("/journeys/{id}/versions/{journey_version}", {
          params: { path: { id, journey_version } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const create = (body: JourneyDraft) =>
  tell<Journey>(api.POST("/journeys", { body: json(body) }));
export const update = (id: string, body: JourneyDraft) =>
  tell<Journey>(api.PUT("/journeys/{id}", { ...at(id), body: json(body) }));
export const remove = (id: string) => ask(api.DELETE("/journeys/{id}", at(id)));
export const publish = (id: string, revision: number) =>
  tell<Journey>(api.POST("/journeys/{id}/publish", { ...at(id), body: { revision } }));
export const stop = (id: string) => tell<Journey>(api.POST("/journeys/{id}/stop", at(id)));
export const enroll = (id: string, key: string, contact_ids: string[]) =>
  ask(api.POST("/journeys/{id}/enroll", { ...at(id), body: json({ contact_ids }), ...once(key) }));
/** Of the graph as it is being written. */
export const dryRun = (id: string, graph: Graph, contact_id: string | null) =>
  tell<{ items: Planned[] }>(
    api.POST("/journeys/{id}/dry-run", {
      ...at(id),
      body: json({ graph, ...(contact_id ? { contact_id } : {}) }),
    }),
  );
/** What is wrong with a graph that is not saved. */
export const validityQuery = (graph: Graph) =>
  queryOptions({
    queryKey: ["journey", "validity", graph],
    queryFn: () => ask(api.POST("/journeys/validate", { body: json({ graph }) })),
    staleTime: 60_000,
    gcTime: 30_000,
  });
