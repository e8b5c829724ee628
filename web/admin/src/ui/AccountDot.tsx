/** An account's own colour. */
import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useAccounts } from "../app/choice.ts";

export function AccountDot({ color }: { color: string }) {
  return (
    <span
      aria-hidden="true"
      style={{
        flex: "none",
        width: 11,
        height: 11,
        borderRadius: "50%",
        background: color,
        boxShadow: "0 0 0 1px rgb(0 0 0 / 15%)",
      }}
    />
  );
}

/** Colour and name; nothing where there is only one account and so nothing to mistake. */
export function AccountName({ id, always }: { id: string | null; always?: "always" }): ReactNode {
  const { channels, byId } = useAccounts();
  const channel = byId(id);
  if (!channel || (channels.length === 1 && !always)) return null;
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <AccountDot color={channel.color} />
      <span>{channel.name}</span>
    </Group>
  );
}
