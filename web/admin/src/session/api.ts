/** Who is here and what they may do. */
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api, ask } from "../api/client.ts";
import type { Me, NewKey, PasskeyAnswer, Permission } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import type { Both } from "./passkey.ts";

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: () => ask(api.GET("/session")),
  staleTime: 60_000,
});

/** Inside the shell the answer is always there. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether this person may; buttons that would only be refused are not shown. */
export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission);
}

export function useZone(): string {
  return useMe().workspace.zone;
}

export const login = (body: { email: string; password: string; code?: string }) =>
  ask(api.POST("/session", { body }));

export const loginWithPasskey = (body: PasskeyAnswer) =>
  ask(api.POST("/session/passkey", { body }));

export const acceptInvitation = (body: { token: string; name: string; password: string }) =>
  ask(api.POST("/invitations/accept", { body }));

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: () => ask(api.GET("/setup")),
  staleTime: 0,
});
export const setUp = (body: {
  token: string;
  workspace: string;
  zone: string;
  name: string;
  email: string;
  password: string;
}) => ask(api.POST("/setup", { body }));

export const changePassword = (body: { current: string; new: string }) =>
  ask(api.PUT("/session/password", { body }));

export type { NewKey };
export const beginSecondStep = (body: Both) => ask(api.POST("/session/second-step", { body }));
export const confirmSecondStep = (code: string) =>
  ask(api.PUT("/session/second-step", { body: { code } }));
export const removeSecondStep = (body: Both) =>
  ask(api.POST("/session/second-step/remove", { body }));
export const renewRecoveryCodes = (body: Both) =>
  ask(api.POST("/session/recovery-codes", { body }));

export const passkeysQuery = queryOptions({
  queryKey: ["session", "list", "passkeys"],
  queryFn: () => ask(api.GET("/session/passkeys")),
});
export const renamePasskey = (id: string, name: string) =>
  ask(api.PUT("/session/passkeys/{id}", { params: { path: { id } }, body: { name } }));
export const removePasskey = (id: string, body: Both) =>
  ask(api.POST("/session/passkeys/{id}/remove", { params: { path: { id } }, body }));

export const sessionsQuery = queryOptions({
  queryKey: ["session", "list"],
  queryFn: () => ask(api.GET("/sessions")),
});
export const endSession = (id: string) =>
  ask(api.DELETE("/sessions/{id}", { params: { path: { id } } }));
export const endOtherSessions = () => ask(api.DELETE("/sessions"));

export async function logout(): Promise<void> {
  await ask(api.DELETE("/session"));
  queryClient.clear();
}

/** Everything known belongs to the old workspace: the page starts anew. */
export async function switchWorkspace(workspace_id: string): Promise<void> {
  await ask(api.PUT("/session/workspace", { body: { workspace_id } }));
  location.assign("/admin/");
}
