/** An account's own icon in a ring of its colour; the colour alone where there is no icon. */
import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useAccounts } from "../app/choice.ts";
import { pictureOf } from "./picture.ts";

export function AccountDot({ color, picture }: { color: string; picture?: string | null }) {
  const source = pictureOf(picture);
  const ring = `0 0 0 2px ${color}`;
  if (source) {
    return (
      <img
        src={source}
        alt=""
        aria-hidden="true"
        width={18}
        height={18}
        style={{ flex: "none", borderRadius: "50%", objectFit: "cover", boxShadow: ring }}
      />
    );
  }
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
      <AccountDot color={channel.color} picture={channel.picture_url} />
      <span>{channel.name}</span>
    </Group>
  );
}
