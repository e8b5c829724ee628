/** Staff, tokens, sending rules, the log and the machine. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, json, tell } from "../api/client.ts";
import type {
  AuditEntry,
  BackupSchedule,
  Kept,
  Policy,
  Role,
  Scope,
  Security,
  UtmRule,
} from "../api/types.ts";

const at = (id: string) => ({ params: { path: { id } } });

export const usersQuery = queryOptions({
  queryKey: ["user", "list"],
  queryFn: () => ask(api.GET("/users")),
});
export const invite = (body: { email: string; role: Role; name?: string }) =>
  ask(api.POST("/invitations", { body }));
export const updateUser = (id: string, body: { role?: Role; disabled?: boolean }) =>
  ask(api.PATCH("/users/{id}", { ...at(id), body }));
export const removeUser = (id: string) => ask(api.DELETE("/users/{id}", at(id)));

export const rolesQuery = queryOptions({
  queryKey: ["user", "one", "roles"],
  queryFn: () => ask(api.GET("/roles")),
  staleTime: Number.POSITIVE_INFINITY,
});
export const resetSecondStep = (id: string) => ask(api.DELETE("/users/{id}/second-step", at(id)));

export const securityQuery = queryOptions({
  queryKey: ["security", "one", "security"],
  queryFn: () => ask(api.GET("/settings/security")),
});
export const setSecurity = (body: Security) => ask(api.PUT("/settings/security", { body }));

export const tokensQuery = queryOptions({
  queryKey: ["token", "list"],
  queryFn: () => ask(api.GET("/tokens")),
});
export const createToken = (body: { name: string; role: Role; scopes: Scope[] }) =>
  ask(api.POST("/tokens", { body }));
export const revokeToken = (id: string) => ask(api.DELETE("/tokens/{id}", at(id)));

export const policyQuery = queryOptions({
  queryKey: ["policy", "one", "policy"],
  queryFn: () => tell<Kept<Policy>>(api.GET("/settings/policy")),
});
export const spendingQuery = queryOptions({
  queryKey: ["policy", "one", "spending"],
  queryFn: () => ask(api.GET("/settings/spending")),
});
export const eventNamesQuery = queryOptions({
  queryKey: ["policy", "one", "event-names"],
  queryFn: () => ask(api.GET("/settings/event-names")),
});
export const rehearsalQuery = (policy: Policy) =>
  queryOptions({
    queryKey: ["policy", "one", "rehearsal", policy],
    queryFn: () => ask(api.POST("/settings/policy/rehearsal", { body: policy })),
    staleTime: 60_000,
    retry: false,
  });
/** Over the revision it was begun from only: refused when somebody else has set other rules since. */
export const setPolicy = (body: Kept<Policy>) =>
  tell<Kept<Policy>>(api.PUT("/settings/policy", { body: json(body) }));

export interface AuditFilter {
  actor?: string;
  thing?: string;
  from?: number | undefined;
  until?: number | undefined;
}
type AuditPage = { items: AuditEntry[]; next: string | null };
const auditPage = ({ from, until, ...rest }: AuditFilter & { cursor?: string; limit: number }) =>
  tell<AuditPage>(
    api.GET("/audit", {
      params: {
        query: {
          ...rest,
          ...(from !== undefined && { from }),
          ...(until !== undefined && { until }),
        },
      },
    }),
  );

export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", "list", filter],
    queryFn: ({ pageParam }) => auditPage({ ...filter, ...pageParam, limit: 50 }),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });

/** Lines for a file, newest first; `more` when the file would not hold all. */
export async function auditLines(filter: AuditFilter, most: number) {
  const lines: AuditEntry[] = [];
  let cursor: string | null = null;
  do {
    const page: AuditPage = await auditPage({ ...filter, ...(cursor && { cursor }), limit: 200 });
    lines.push(...page.items);
    cursor = page.next;
  } while (cursor && lines.length < most);
  return { lines, more: cursor !== null };
}

export const statusQuery = queryOptions({
  queryKey: ["status", "one", "status"],
  queryFn: () => ask(api.GET("/status")),
  refetchInterval: 5_000,
});
export const healthQuery = queryOptions({
  queryKey: ["status", "one", "health"],
  queryFn: () => ask(api.GET("/health")),
  refetchInterval: 10_000,
});
export const parkedQuery = queryOptions({
  queryKey: ["parked", "list"],
  queryFn: () => ask(api.GET("/parked", { params: { query: { limit: 50 } } })),
});
export const replay = (id: number) =>
  ask(api.POST("/parked/{id}/replay", { params: { path: { id } } }));
export const replayAll = () => ask(api.POST("/parked/replay"));

export const backupsQuery = queryOptions({
  queryKey: ["backup", "list"],
  queryFn: () => ask(api.GET("/backups")),
});
export const startBackup = () => ask(api.POST("/backups"));
export const setBackupSchedule = (body: BackupSchedule) =>
  ask(api.PUT("/backups/schedule", { body }));

export const linkSettingsQuery = queryOptions({
  queryKey: ["link", "one", "settings"],
  queryFn: () => ask(api.GET("/settings/links")),
});
export const setUtm = (body: UtmRule) => ask(api.PUT("/settings/links", { body }));
export const testLinkBase = () => ask(api.POST("/settings/links/test"));
