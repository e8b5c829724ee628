import { Badge, Button, Card, Group, SegmentedControl, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import {
  IconCopy,
  IconPencil,
  IconPlus,
  IconSearch,
  IconSpeakerphone,
  IconTrash,
} from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastRow } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { useIntent } from "../ui/draft.ts";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { When } from "../ui/When.tsx";
import { remove, SHELVES, type Shelf, shelfQuery } from "./api.ts";
import { copyOf } from "./followUp.ts";
import { StateBadge } from "./state.tsx";

const route = getRouteApi("/shell/broadcasts");
const SHELF_KEYS = Object.keys(SHELVES) as Shelf[];

export default function BroadcastsPage() {
  const { t } = useTranslation(["broadcast", "common"]);
  const may = useMay("send_broadcast");
  const { channel, channels } = useAccounts();
  const search = route.useSearch();
  const shelf = SHELF_KEYS.find((key) => key === search.shelf) ?? "all";
  const q = search.q ?? "";
  const list = useInfiniteQuery({
    ...shelfQuery(shelf, q, channel?.id),
    placeholderData: keepPreviousData,
  });
  const add = may && channels.length > 0 && (
    <Button component={Link} to="/broadcasts/new" leftSection={<IconPlus size={17} />}>
      {t("add")}
    </Button>
  );
  const columns: Column<BroadcastRow>[] = [
    { key: "name", head: t("common:name"), cell: (one) => <Name broadcast={one} /> },
    { key: "state", head: t("common:state"), cell: (one) => <Standing broadcast={one} /> },
    ...(channels.length > 1
      ? [
          {
            key: "channel",
            head: t("common:channel"),
            cell: (one: BroadcastRow) => <AccountName id={one.channel_id} />,
          },
        ]
      : []),
    {
      key: "at",
      head: t("sendAt"),
      cell: (one) => (one.state === "draft" ? "–" : <When at={one.started_at ?? one.send_at} />),
    },
    {
      key: "total",
      head: t("recipients"),
      kind: "end",
      cell: (one) =>
        one.started_at === null ? "–" : t("common:unit.people", { n: number(one.total) }),
    },
    ...(may
      ? [
          {
            key: "menu",
            head: "",
            kind: "menu" as const,
            cell: (one: BroadcastRow) => <BroadcastMenu broadcast={one} />,
          },
        ]
      : []),
  ];
  return (
    <Page title={t("title")} about={t("about")} actions={add}>
      <Filters shelf={shelf} q={q} />
      <Loaded query={list}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0 && (q || shelf !== "all")) {
            return (
              <Card>
                <Empty icon={IconSearch} title={t("nothingHere")} />
              </Card>
            );
          }
          if (rows.length === 0) {
            return (
              <Card>
                <Empty
                  icon={IconSpeakerphone}
                  title={t("none")}
                  about={t("noneAbout")}
                  action={add}
                />
              </Card>
            );
          }
          return (
            <>
              <DataTable label={t("title")} columns={columns} rows={rows} idOf={(one) => one.id} />
              <More list={list} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Filters({ shelf, q }: { shelf: Shelf; q: string }) {
  const { t } = useTranslation("broadcast");
  const navigate = useNavigate();
  const [typed, setTyped] = useState(q);
  const narrow = useMediaQuery("(max-width: 47.99em)", false);
  const go = (next: { shelf: Shelf; q: string }) =>
    void navigate({
      to: "/broadcasts",
      search: {
        ...(next.shelf === "all" ? {} : { shelf: next.shelf }),
        ...(next.q ? { q: next.q } : {}),
      },
      replace: true,
    });
  const look = useDebouncedCallback((text: string) => go({ shelf, q: text.trim() }), 250);
  return (
    <Group mb="md" gap="sm">
      <SegmentedControl
        aria-label={t("shelves")}
        fullWidth={narrow}
        w={narrow ? "100%" : undefined}
        size={narrow ? "xs" : "sm"}
        value={shelf}
        onChange={(value) => go({ shelf: value as Shelf, q })}
        data={SHELF_KEYS.map((key) => ({ value: key, label: t(`shelf.${key}`) }))}
      />
      <TextInput
        type="search"
        aria-label={t("search")}
        placeholder={t("search")}
        leftSection={<IconSearch size={17} />}
        flex="1 1 200px"
        maw={narrow ? "none" : 320}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          look(event.currentTarget.value);
        }}
      />
    </Group>
  );
}

function Standing({ broadcast }: { broadcast: BroadcastRow }) {
  const { t } = useTranslation("broadcast");
  if (broadcast.awaits_approval) return <Badge color="blue">{t("approval.badge")}</Badge>;
  return <StateBadge state={broadcast.state} />;
}

/** A draft goes on where it is waited for. */
function placeOf({ id, state, awaits_approval }: BroadcastRow): string {
  if (awaits_approval) return `/broadcasts/${id}/approval`;
  return state === "draft" ? `/broadcasts/new?draft=${id}` : `/broadcasts/${id}`;
}

function Name({ broadcast }: { broadcast: BroadcastRow }) {
  return (
    <Text component={Link} to={placeOf(broadcast)} fz="sm" fw={600} c="var(--mantine-color-text)">
      {broadcast.name}
    </Text>
  );
}

function BroadcastMenu({ broadcast }: { broadcast: BroadcastRow }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const confirm = useConfirm();
  const navigate = useNavigate();
  const intent = useIntent(`copy.${broadcast.id}`);
  const open = (id: string) => navigate({ to: "/broadcasts/new", search: { draft: id } });
  const drop = useAct(() => remove(broadcast.id), {
    done: t("common:deleted"),
    stale: ["broadcast"],
  });
  const copy = useAct(
    () => copyOf(broadcast, t("copyName", { name: broadcast.name }), t("folder"), intent.keyFor),
    {
      stale: ["broadcast", "template"],
      after: async ({ id }) => {
        intent.done();
        await open(id);
      },
    },
  );
  const ask = async () => {
    const yes = await confirm({
      title: t("dropTitle", { name: broadcast.name }),
      body: t("common:noUndo"),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) drop.mutate();
  };
  const draft = broadcast.state === "draft";
  return (
    <RowMenu
      name={broadcast.name}
      items={[
        ...(draft
          ? [
              {
                label: t("common:edit"),
                icon: <IconPencil size={16} />,
                run: () => void open(broadcast.id),
              },
            ]
          : []),
        {
          label: t("common:duplicate"),
          icon: <IconCopy size={16} />,
          run: () => copy.mutate(),
        },
      ]}
      {...(draft
        ? { danger: { label: t("common:delete"), icon: <IconTrash size={16} />, run: ask } }
        : {})}
    />
  );
}
