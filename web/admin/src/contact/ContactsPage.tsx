import { ActionIcon, Button, Card, Group, Menu, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useLocalStorage } from "@mantine/hooks";
import {
  IconAddressBook,
  IconDots,
  IconFileUpload,
  IconFilter,
  IconListCheck,
  IconSearch,
} from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { memo, useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BulkWhom, ContactRow, FriendState, View } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { NewCondition } from "../condition/SaveCondition.tsx";
import { marksQuery } from "../conversation/api.ts";
import { counted, number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { type ContactFilter, contactsQuery, wantedOf } from "./api.ts";
import { BulkBar } from "./BulkBar.tsx";
import { BulkNews } from "./BulkProgress.tsx";
import { FIRST_COLUMNS, useColumns } from "./columns.tsx";
import { segmentsQuery } from "./definitions.ts";
import { ExportButton } from "./ExportButton.tsx";
import { TagsSelect } from "./pickers.tsx";
import { STATES } from "./states.ts";
import { ColumnsMenu, Views } from "./Views.tsx";
import { type Choice, VirtualRows } from "./VirtualRows.tsx";

/** Between two keys a search waits so long. What an input method still composes is not searched for. */
const PAUSE_MS = 60;
/** People that a deed may name one by one. */
const NAMED_MAX = 2_000;
const NOBODY: ReadonlySet<string> = new Set();
const route = getRouteApi("/shell/contacts");

function filterOf(
  { q, tags, state, segment, mark }: ReturnType<typeof route.useSearch>,
  channel: string | undefined,
): ContactFilter {
  return {
    ...(q ? { q } : {}),
    ...(tags ? { tag: tags.join(",") } : {}),
    ...(state ? { state: state as FriendState } : {}),
    ...(segment ? { segment } : {}),
    ...(mark ? { mark } : {}),
    ...(channel ? { channel } : {}),
  };
}

export default function ContactsPage() {
  const { t } = useTranslation("contact");
  const { channel } = useAccounts();
  const search = route.useSearch();
  const filter = useMemo(() => filterOf(search, channel?.id), [search, channel?.id]);
  const [columns, setColumns] = useLocalStorage<string[]>({
    key: "enishi.contacts.columns",
    defaultValue: FIRST_COLUMNS,
    getInitialValueInEffect: false,
  });
  const list = useInfiniteQuery({ ...contactsQuery(filter), placeholderData: keepPreviousData });
  const total = list.data?.pages[0]?.total;
  const people = total ? counted(total) : "";
  const { view: _, ...narrowed } = search;
  return (
    <Page
      title={t("title")}
      about={t("about")}
      actions={<Actions filter={filter} people={people} />}
    >
      <Filters />
      <Tools filter={filter} columns={columns} setColumns={setColumns} people={people} />
      <BulkNews />
      <Loaded query={list} lines={8}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) return <Nothing filtered={Object.keys(narrowed).length > 0} />;
          return <Rows rows={rows} total={total} filter={filter} columns={columns} list={list} />;
        }}
      </Loaded>
    </Page>
  );
}

/** As little as possible is drawn anew when rows come. */
const Actions = memo(function Actions({
  filter,
  people,
}: {
  filter: ContactFilter;
  people: string;
}) {
  const { t } = useTranslation("contact");
  const mayImport = useMay("import");
  return (
    <>
      {mayImport && (
        <Button
          component={Link}
          to="/contacts/import"
          variant="default"
          leftSection={<IconFileUpload size={17} />}
        >
          {t("import.open")}
        </Button>
      )}
      <ExportButton filter={filter} people={people} />
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size={36} aria-label={t("others")}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component={Link}
            to="/contacts/bulks"
            leftSection={<IconListCheck size={16} />}
          >
            {t("bulk.title")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
});

const Filters = memo(function Filters() {
  const { t } = useTranslation(["contact", "common"]);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(search.q ?? "");
  const [given, setGiven] = useState(search.q);
  // A view or the way back changes the address: the field follows.
  if (given !== search.q) {
    setGiven(search.q);
    if ((search.q ?? "") !== typed.trim()) setTyped(search.q ?? "");
  }
  // Empty values are dropped from the address by its validation.
  const set = (more: Partial<typeof search>) =>
    navigate({ search: (before) => ({ ...before, ...more }), replace: true });
  const { channel: chosen, channels } = useAccounts();
  const channel = chosen ?? channels[0];
  // On a phone the rest opens by a button, so that friends are seen first.
  const narrowed = search.tags || search.state || search.mark || search.segment;
  const [opened, setOpened] = useState(Boolean(narrowed));
  const look = useDebouncedCallback((q: string) => void set({ q }), PAUSE_MS);
  const { data: segments } = useQuery(segmentsQuery);
  const { data: marks } = useQuery(marksQuery);
  return (
    <Group mb="sm" gap="sm" align="flex-end" role="search">
      <TextInput
        flex="2 1 180px"
        aria-label={t("search")}
        placeholder={t("search")}
        type="search"
        leftSection={<IconSearch size={17} />}
        value={typed}
        onChange={({ currentTarget, nativeEvent }) => {
          setTyped(currentTarget.value);
          if (!(nativeEvent as InputEvent).isComposing) look(currentTarget.value.trim());
        }}
        // A word is whole when the input method hands it over, and when Enter is pressed.
        onCompositionEnd={({ currentTarget }) => {
          look(currentTarget.value.trim());
          look.flush();
        }}
        onKeyDown={({ key, nativeEvent }) => {
          if (key === "Enter" && !nativeEvent.isComposing) look.flush();
        }}
      />
      {!opened && (
        <Button
          hiddenFrom="sm"
          variant="default"
          leftSection={<IconFilter size={17} />}
          onClick={() => setOpened(true)}
        >
          {t("narrow")}
        </Button>
      )}
      <Group
        gap="sm"
        align="flex-end"
        flex="6 1 320px"
        {...(opened ? {} : { visibleFrom: "sm" as const })}
      >
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
        {(marks?.items.length ?? 0) > 0 && (
          <Select
            flex="1 1 140px"
            aria-label={t("mark")}
            placeholder={t("mark")}
            clearable
            data={marks?.items.map(({ mark }) => mark) ?? []}
            value={search.mark ?? null}
            onChange={(mark) => void set({ mark: mark ?? "" })}
          />
        )}
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
    </Group>
  );
});

interface ToolsProps {
  filter: ContactFilter;
  columns: string[];
  setColumns: (columns: string[]) => void;
  people: string;
}

/** How many there are, the views, and the columns. */
function Tools({ filter, columns, setColumns, people }: ToolsProps) {
  const { t } = useTranslation("contact");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { channel, choose: chooseAccount } = useAccounts();
  const all = useColumns(channel?.id);
  const choose = (view: View | undefined) => {
    if (!view) return void navigate({ search: ({ view: _, ...rest }) => rest, replace: true });
    const { q = "", tags = [], state = "", segment = "", mark = "" } = view.wanted;
    if (view.columns.length > 0) setColumns(view.columns);
    if (view.wanted.channel) chooseAccount(view.wanted.channel);
    void navigate({
      search: {
        ...(q ? { q } : {}),
        ...(tags.length > 0 ? { tags } : {}),
        ...(state ? { state } : {}),
        ...(segment ? { segment } : {}),
        ...(mark ? { mark } : {}),
        view: view.id,
      },
    });
  };
  return (
    <Group mb="sm" gap="sm" justify="space-between">
      <Text fz="sm" c="dimmed" role="status" mih={22}>
        {people && t("found", { n: people })}
      </Text>
      <Group gap="sm" justify="flex-end">
        <Views view={search.view} choose={choose} wanted={wantedOf(filter)} columns={columns} />
        <ColumnsMenu all={all} shown={columns} set={setColumns} />
      </Group>
    </Group>
  );
}

interface RowsProps {
  rows: ContactRow[];
  total: { count: number; more: boolean } | null | undefined;
  filter: ContactFilter;
  columns: string[];
  list: Parameters<typeof VirtualRows>[0]["list"] & { isPlaceholderData: boolean };
}

function Rows({ rows, total, filter, columns, list }: RowsProps) {
  const { t } = useTranslation("contact");
  const { channel } = useAccounts();
  const mayEdit = useMay("edit_contacts");
  const all = useColumns(channel?.id);
  const [ids, setIds] = useState(NOBODY);
  const [everybody, setEverybody] = useState(false);
  const [asked, setAsked] = useState(filter);
  // Another question: nobody is chosen any more.
  if (asked !== filter) {
    setAsked(filter);
    setIds(NOBODY);
    setEverybody(false);
  }
  const shown = useMemo(
    () => columns.flatMap((key) => all.find((column) => column.key === key) ?? []),
    [columns, all],
  );
  const toggle = useCallback((id: string) => {
    setEverybody(false);
    setIds((before) => {
      const ids = new Set(before);
      if (!ids.delete(id)) ids.add(id);
      return ids;
    });
  }, []);
  const choice: Choice = {
    ids,
    set: (next) => {
      setEverybody(false);
      setIds(next);
    },
    toggle,
  };
  const whom: BulkWhom = everybody
    ? { whom: "matching", wanted: wantedOf(filter) }
    : { whom: "contacts", ids: [...ids].slice(0, NAMED_MAX) };
  const people = total ? counted(total) : "";
  const more = ids.size >= rows.length && (total?.more || (total?.count ?? 0) > ids.size);
  const takeAll = { label: t("chooseAll", { n: people }), take: () => setEverybody(true) };
  return (
    <div style={{ opacity: list.isPlaceholderData ? 0.6 : 1, transition: "opacity 120ms" }}>
      {mayEdit && ids.size > 0 && (
        <BulkBar
          whom={whom}
          chosen={everybody ? t("chosenAll", { n: people }) : t("chosen", { n: number(ids.size) })}
          {...(more && !everybody ? { all: takeAll } : {})}
          done={() => choice.set(new Set())}
        />
      )}
      <VirtualRows
        label={t("title")}
        rows={rows}
        count={total?.count ?? rows.length}
        columns={shown}
        list={list}
        {...(mayEdit ? { choice } : {})}
      />
    </div>
  );
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
