/** The columns of the list that staff may choose, and how each reads. */
import { Badge, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ContactRow, FriendState } from "../api/types.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { When } from "../ui/When.tsx";
import { attributesQuery } from "./definitions.ts";
import { TagChips } from "./TagChips.tsx";
import { showValue } from "./value.ts";

export interface ListColumn {
  /** As views keep it; fields are `attr.key`. */
  key: string;
  head: string;
  /** Its part of the width. */
  width: string;
  cell: (row: ContactRow) => ReactNode;
}

/** Shown until somebody chooses. */
export const FIRST_COLUMNS = ["tags", "state", "since"];

const ABSENT = (
  <Text span c="dimmed">
    –
  </Text>
);

/** All there are, in the order they are offered. `channel`: whose friendship is meant. */
export function useColumns(channel: string | undefined): ListColumn[] {
  const { t } = useTranslation(["contact", "common"]);
  const { data } = useQuery(attributesQuery);
  const time = (at: number | null | undefined, form: "day" | "full") =>
    at ? <When at={at} form={form} /> : ABSENT;
  const own: ListColumn[] = [
    {
      key: "tags",
      head: t("tags"),
      width: "minmax(140px, 1.4fr)",
      cell: (row) => <TagChips ids={row.tags} />,
    },
    {
      key: "state",
      head: t("common:state"),
      width: "minmax(120px, 1fr)",
      cell: (row) => <States row={row} channel={channel} />,
    },
    {
      key: "since",
      head: t("since"),
      width: "minmax(104px, 0.6fr)",
      cell: (row) => time(sinceOf(row, channel), "day"),
    },
    {
      key: "wrote",
      head: t("wrote"),
      width: "minmax(140px, 0.8fr)",
      cell: (row) => time(wroteOf(row, channel), "full"),
    },
    {
      key: "mark",
      head: t("mark"),
      width: "minmax(100px, 0.7fr)",
      cell: (row) => <Marks row={row} channel={channel} />,
    },
    {
      key: "created",
      head: t("known"),
      width: "minmax(104px, 0.6fr)",
      cell: (row) => time(row.created_at, "day"),
    },
  ];
  const fields = (data?.items ?? []).map((field) => ({
    key: `attr.${field.key}`,
    head: field.label,
    width: "minmax(110px, 1fr)",
    cell: (row: ContactRow) => {
      const value = row.attributes[field.id];
      if (value === undefined) return ABSENT;
      return (
        <Text span fz="sm" lineClamp={2}>
          {showValue(field.type, value, t("common:yes"), t("common:no"))}
        </Text>
      );
    },
  }));
  return [...own, ...fields];
}

const ofChannel = <T extends { channel_id: string }>(all: T[], channel: string | undefined) =>
  all.filter((one) => !channel || one.channel_id === channel);

function sinceOf(row: ContactRow, channel: string | undefined): number | undefined {
  const times = ofChannel(row.friendships, channel).flatMap((one) => one.friend_since ?? []);
  return times.length > 0 ? Math.min(...times) : undefined;
}

function wroteOf(row: ContactRow, channel: string | undefined): number | undefined {
  const times = ofChannel(row.talks, channel).flatMap((one) => one.wrote_at ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
}

const COLORS: Record<FriendState, string> = {
  friend: "pine",
  blocked: "red",
  unknown: "gray",
  never: "gray",
  deleted: "gray",
};

function States({ row, channel }: { row: ContactRow; channel: string | undefined }) {
  const { t } = useTranslation(["contact", "common"]);
  return (
    <Group gap={6}>
      {ofChannel(row.friendships, channel).map(({ channel_id, state }) => (
        <Group key={channel_id} gap={6} wrap="nowrap" fz="xs">
          {!channel && <AccountName id={channel_id} />}
          <Badge color={COLORS[state]}>{t(`common:friend.${state}`)}</Badge>
        </Group>
      ))}
      {row.staff && <Badge color="blue">{t("staff")}</Badge>}
      {!row.consent && <Badge color="orange">{t("noConsent")}</Badge>}
    </Group>
  );
}

function Marks({ row, channel }: { row: ContactRow; channel: string | undefined }) {
  const marked = ofChannel(row.talks, channel).filter((talk) => talk.mark !== "");
  if (marked.length === 0) return ABSENT;
  return (
    <Group gap={4}>
      {marked.map((talk) => (
        <Badge key={talk.channel_id} color="yellow">
          {talk.mark}
        </Badge>
      ))}
    </Group>
  );
}
