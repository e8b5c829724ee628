/** Which LINE account the pages are about: one, or all of them. Kept per workspace in this browser. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { Channel } from "../api/types.ts";
import { channelsQuery } from "../channel/api.ts";

interface Choice {
  chosen: string | null;
  choose: (id: string | null) => void;
}
export const ChoiceContext = createContext<Choice>({ chosen: null, choose: () => undefined });

interface Accounts {
  channels: Channel[];
  /** The chosen account; the only one if there is but one; null means all. */
  channel: Channel | null;
  choose: (id: string | null) => void;
  byId: (id: string | null) => Channel | undefined;
}

export function useAccounts(): Accounts {
  const { data } = useSuspenseQuery(channelsQuery);
  const { chosen, choose } = useContext(ChoiceContext);
  const channels = data.items;
  const only = channels.length === 1 ? channels[0] : undefined;
  const channel = only ?? channels.find(({ id }) => id === chosen) ?? null;
  return { channels, channel, choose, byId: (id) => channels.find((c) => c.id === id) };
}

const place = (workspace: string) => `enishi.channel.${workspace}`;
export const storedChoice = (workspace: string) => localStorage.getItem(place(workspace));
export function storeChoice(workspace: string, id: string | null): void {
  if (id) localStorage.setItem(place(workspace), id);
  else localStorage.removeItem(place(workspace));
}
