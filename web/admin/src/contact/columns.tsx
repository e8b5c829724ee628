/** The columns of the list that staff may choose, and how each reads. */
import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Attribute, ContactRow, FriendState, Tag } from "../api/types.ts";
import { dateOnly, dateTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { Chip, Chips, type Tone } from "../ui/Chip.tsx";
import { attributesQuery, useTags } from "./definitions.ts";
import { TagChips } from "./TagChips.tsx";
import style from "./VirtualRows.module.css";
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

const ABSENT = <span className={style.absent}>–</span>;

/** All there are, in the order they are offered. `channel`: whose friendship is meant. */
export function useColumns(channel: string | undefined): ListColumn[] {
  const { t } = useTranslation(["contact", "common"]);
  const { data } = useQuery(attributesQuery);
  const { tags } = useTags();
  const zone = useZone();
  return useMemo(
    () => columnsOf({ fields: data?.items ?? [], tags, zone, channel, t }),
    [data, tags, zone, channel, t],
  );
}

interface Terms {
  fields: Attribute[];
  tags: Tag[];
  zone: string;
  channel: string | undefined;
  t: TFunction<["contact", "common"]>;
}

function columnsOf({ fields, tags, zone, channel, t }: Terms): ListColumn[] {
  const named = new Map(tags.map((tag) => [tag.id, tag]));
  const byId = (id: string) => named.get(id);
  const time = (at: number | null | undefined, form: typeof dateOnly) =>
    at ? <time dateTime={new Date(at).toISOString()}>{form(at, zone)}</time> : ABSENT;
  const stateWords: StateWords = {
    state: (state) => t(`common:friend.${state}`),
    staff: t("common:staff"),
    noConsent: t("noConsent"),
  };
  const own: ListColumn[] = [
    {
      key: "tags",
      head: t("tags"),
      width: "minmax(140px, 1.4fr)",
      cell: (row) => <TagChips ids={row.tags} byId={byId} />,
    },
    {
      key: "state",
      head: t("common:state"),
      width: "minmax(120px, 1fr)",
      cell: (row) => <States row={row} channel={channel} words={stateWords} />,
    },
    {
      key: "since",
      head: t("since"),
      width: "minmax(104px, 0.6fr)",
      cell: (row) => time(sinceOf(row, channel), dateOnly),
    },
    {
      key: "wrote",
      head: t("wrote"),
      width: "minmax(140px, 0.8fr)",
      cell: (row) => time(wroteOf(row, channel), dateTime),
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
      cell: (row) => time(row.created_at, dateOnly),
    },
  ];
  const asked = fields.map((field) => ({
    key: `attr.${field.key}`,
    head: field.label,
    width: "minmax(110px, 1fr)",
    cell: (row: ContactRow) => {
      const value = row.attributes[field.id];
      if (value === undefined) return ABSENT;
      return (
        <span className={style.value}>
          {showValue(field.type, value, t("common:yes"), t("common:no"))}
        </span>
      );
    },
  }));
  return [...own, ...asked];
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

const TONES: Record<FriendState, Tone> = {
  friend: "pine",
  blocked: "red",
  unknown: "gray",
  never: "gray",
  deleted: "gray",
};

interface StateWords {
  state: (state: FriendState) => string;
  staff: string;
  noConsent: string;
}

interface StatesProps {
  row: ContactRow;
  channel: string | undefined;
  words: StateWords;
}

function States({ row, channel, words }: StatesProps) {
  return (
    <Chips>
      {ofChannel(row.friendships, channel).map(({ channel_id, state }) => (
        <Chips key={channel_id}>
          {!channel && <AccountName id={channel_id} />}
          <Chip tone={TONES[state]}>{words.state(state)}</Chip>
        </Chips>
      ))}
      {row.staff && <Chip tone="blue">{words.staff}</Chip>}
      {!row.consent && <Chip tone="orange">{words.noConsent}</Chip>}
    </Chips>
  );
}

function Marks({ row, channel }: { row: ContactRow; channel: string | undefined }) {
  const marked = ofChannel(row.talks, channel).filter((talk) => talk.mark !== "");
  if (marked.length === 0) return ABSENT;
  return (
    <Chips>
      {marked.map((talk) => (
        <Chip key={talk.channel_id} tone="yellow">
          {talk.mark}
        </Chip>
      ))}
    </Chips>
  );
}
