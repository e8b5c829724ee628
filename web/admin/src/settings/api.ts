/** Staff, tokens, sending rules, the log and the machine. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, tell } from "../api/client.ts";
import type { AuditEntry, Policy, Role, Scope } from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const usersQuery = queryOptions({
  queryKey: ["user", "list"],
  queryFn: () => ask(api.GET("/users")),
});
export const invite = (body: { email: string; role: Role }) =>
  ask(api.POST("/invitations", { body }));
export const updateUser = (id: string, body: { role?: Role; disabled?: boolean }) =>
  ask(api.PATCH("/users/{id}", { ...at(id), body }));
export const removeUser = (id: string) => ask(api.DELETE("/users/{id}", at(id)));

export const tokensQuery = queryOptions({
  queryKey: ["token", "list"],
  queryFn: () => ask(api.GET("/tokens")),
});
export const createToken = (body: { name: string; role: Role; scopes: Scope[] }) =>
  ask(api.POST("/tokens", { body }));
export const revokeToken = (id: string) => ask(api.DELETE("/tokens/{id}", at(id)));

export const policyQuery = queryOptions({
  queryKey: ["policy", "one", "policy"],
  queryFn: () => ask(api.GET("/settings/policy")),
});
export const setPolicy = (body: Policy) => ask(api.PUT("/settings/policy", { body }));

export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit", "list"],
  queryFn: ({ pageParam }) =>
    tell<{ items: AuditEntry[]; next: string | null }>(
      api.GET("/audit", { params: { query: { ...pageParam, limit: 50 } } }),
    ),
  initialPageParam: {} as { cursor?: string },
  getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
});

export const statusQuery = queryOptions({
  queryKey: ["status", "one", "status"],
  queryFn: () => ask(api.GET("/status")),
  refetchInterval: 5_000,
});
export const parkedQuery = queryOptions({
  queryKey: ["parked", "list"],
  queryFn: () => ask(api.GET("/parked", { params: { query: { limit: 50 } } })),
});
export const replay = (id: number) =>
  ask(api.POST("/parked/{id}/replay", { params: { path: { id } } }));
export const replayAll = () => ask(api.POST("/parked/replay"));
