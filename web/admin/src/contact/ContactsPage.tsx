import { Badge, Button, Card, Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconAddressBook, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactRow, FriendState } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { NewCondition } from "../condition/SaveCondition.tsx";
import { counted } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { type ContactFilter, contactsQuery } from "./api.ts";
import { BulkTags } from "./BulkTags.tsx";
import { segmentsQuery } from "./definitions.ts";
import { PersonLink, useNameOf } from "./Face.tsx";
import { TagsSelect } from "./pickers.tsx";
import { TagChips } from "./TagChips.tsx";

const STATES = ["friend", "blocked", "unknown", "never", "deleted"] as const;
const route = getRouteApi("/shell/contacts");

export default function ContactsPage() {
  const { t } = useTranslation("contact");
  const { channel } = useAccounts();
  const search = route.useSearch();
  const filter: ContactFilter = {
    ...(search.q ? { q: search.q } : {}),
    ...(search.tags ? { tag: search.tags.join(",") } : {}),
    ...(search.state ? { state: search.state as FriendState } : {}),
    ...(search.segment ? { segment: search.segment } : {}),
    ...(channel ? { channel: channel.id } : {}),
  };
  const list = useInfiniteQuery({ ...contactsQuery(filter), placeholderData: keepPreviousData });
  return (
    <Page title={t("title")} about={t("about")}>
      <Filters />
      <Loaded query={list} lines={8}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) return <Nothing filtered={Object.keys(search).length > 0} />;
          const total = pages[0]?.total;
          return (
            <>
              <Rows rows={rows} dimmed={list.isPlaceholderData} />
              <More
                list={list}
                {...(total ? { shown: t("shown", { n: rows.length, all: counted(total) }) } : {})}
              />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Filters() {
  const { t } = useTranslation(["contact", "common"]);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(search.q ?? "");
  // Empty values are dropped from the address by its validation.
  const set = (more: Partial<typeof search>) =>
    navigate({ search: (before) => ({ ...before, ...more }), replace: true });
  const { channel: chosen, channels } = useAccounts();
  const channel = chosen ?? channels[0];
  const look = useDebouncedCallback((q: string) => void set({ q }), 250);
  const { data: segments } = useQuery(segmentsQuery);
  return (
    <Group mb="md" gap="sm" align="flex-end" role="search">
      <TextInput
        flex="2 1 220px"
        aria-label={t("search")}
        placeholder={t("search")}
        type="search"
        leftSection={<IconSearch size={17} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          look(event.currentTarget.value.trim());
        }}
      />
      <TagsSelect
        flex="2 1 200px"
        aria-label={t("filterTags")}
        placeholder={search.tags ? "" : t("filterTags")}
        value={search.tags ?? []}
        onChange={(tags) => void set({ tags })}
      />
      <Select
        flex="1 1 140px"
        aria-label={t("filterState")}
        placeholder={t("filterState")}
        clearable
        data={STATES.map((state) => ({ value: state, label: t(`common:friend.${state}`) }))}
        value={search.state ?? null}
        onChange={(state) => void set({ state: state ?? "" })}
      />
      {(segments?.items.length ?? 0) > 0 && (
        <Select
          flex="1 1 180px"
          aria-label={t("filterSegment")}
          placeholder={t("filterSegment")}
          clearable
          data={segments?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={search.segment ?? null}
          onChange={(segment) => void set({ segment: segment ?? "" })}
        />
      )}
      {channel && <NewCondition channel={channel.id} done={(segment) => void set({ segment })} />}
    </Group>
  );
}

function Rows({ rows, dimmed }: { rows: ContactRow[]; dimmed: boolean }) {
  const { t } = useTranslation(["contact", "common"]);
  const { channel } = useAccounts();
  const mayEdit = useMay("edit_contacts");
  const nameOf = useNameOf();
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const columns: Column<ContactRow>[] = [
    { key: "name", head: t("common:name"), cell: (row) => <PersonLink person={row} /> },
    { key: "tags", head: t("tags"), cell: (row) => <TagChips ids={row.tags} /> },
    {
      key: "state",
      head: t("common:state"),
      cell: (row) => <States row={row} channel={channel?.id} />,
    },
    {
      key: "since",
      head: t("since"),
      kind: "end",
      wideOnly: true,
      cell: (row) => <Since row={row} channel={channel?.id} />,
    },
  ];
  const selection = {
    ids,
    set: setIds,
    nameOf: (id: string) => nameOf(rows.find((row) => row.id === id) ?? { display_name: "" }),
  };
  return (
    <div style={{ opacity: dimmed ? 0.6 : 1, transition: "opacity 120ms" }}>
      {mayEdit && ids.size > 0 && <BulkTags ids={[...ids]} done={() => setIds(new Set())} />}
      <DataTable
        label={t("title")}
        columns={columns}
        rows={rows}
        idOf={(row) => row.id}
        {...(mayEdit ? { selection } : {})}
      />
    </div>
  );
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
  const shown = row.friendships.filter((one) => !channel || one.channel_id === channel);
  return (
    <Group gap={6}>
      {shown.map(({ channel_id, state }) => (
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

function Since({ row, channel }: { row: ContactRow; channel: string | undefined }) {
  const times = row.friendships
    .filter((one) => !channel || one.channel_id === channel)
    .flatMap((one) => one.friend_since ?? []);
  if (times.length === 0) return <Text c="dimmed">–</Text>;
  return <When at={Math.min(...times)} form="day" />;
}

function Nothing({ filtered }: { filtered: boolean }) {
  const { t } = useTranslation("contact");
  const navigate = route.useNavigate();
  return (
    <Card>
      {filtered ? (
        <Empty
          icon={IconSearch}
          title={t("noneFound")}
          about={t("noneFoundAbout")}
          action={
            <Button variant="default" onClick={() => void navigate({ search: {} })}>
              {t("clearFilters")}
            </Button>
          }
        />
      ) : (
        <Empty icon={IconAddressBook} title={t("noneYet")} about={t("noneYetAbout")} />
      )}
    </Card>
  );
}
