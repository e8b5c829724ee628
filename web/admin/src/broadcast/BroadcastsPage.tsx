import { Button, Card, Text } from "@mantine/core";
import { IconPencil, IconPlus, IconSpeakerphone, IconTrash } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Broadcast } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { When } from "../ui/When.tsx";
import { broadcastsQuery, remove } from "./api.ts";
import { StateBadge } from "./state.tsx";

export default function BroadcastsPage() {
  const { t } = useTranslation(["broadcast", "common"]);
  const may = useMay("send_broadcast");
  const { channel, channels } = useAccounts();
  const list = useInfiniteQuery(broadcastsQuery);
  const add = may && channels.length > 0 && (
    <Button component={Link} to="/broadcasts/new" leftSection={<IconPlus size={17} />}>
      {t("add")}
    </Button>
  );
  const columns: Column<Broadcast>[] = [
    { key: "name", head: t("common:name"), cell: (one) => <Name broadcast={one} /> },
    { key: "state", head: t("common:state"), cell: (one) => <StateBadge state={one.state} /> },
    ...(channels.length > 1
      ? [
          {
            key: "channel",
            head: t("common:channel"),
            cell: (one: Broadcast) => <AccountName id={one.channel_id} />,
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
            cell: (one: Broadcast) => <DraftMenu broadcast={one} />,
          },
        ]
      : []),
  ];
  return (
    <Page title={t("title")} about={t("about")} actions={add}>
      <Loaded query={list}>
        {({ pages }) => {
          const rows = pages
            .flatMap((page) => page.items)
            .filter((one) => !channel || one.channel_id === channel.id);
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

function Name({ broadcast }: { broadcast: Broadcast }) {
  const draft = broadcast.state === "draft";
  return (
    <Text
      component={Link}
      to={draft ? `/broadcasts/new?draft=${broadcast.id}` : `/broadcasts/${broadcast.id}`}
      fz="sm"
      fw={600}
      c="var(--mantine-color-text)"
    >
      {broadcast.name}
    </Text>
  );
}

function DraftMenu({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const confirm = useConfirm();
  const navigate = useNavigate();
  const drop = useAct(() => remove(broadcast.id), {
    done: t("common:deleted"),
    stale: ["broadcast"],
  });
  if (broadcast.state !== "draft") return null;
  const ask = async () => {
    const yes = await confirm({
      title: t("dropTitle", { name: broadcast.name }),
      body: t("common:noUndo"),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) drop.mutate();
  };
  return (
    <RowMenu
      name={broadcast.name}
      items={[
        {
          label: t("common:edit"),
          icon: <IconPencil size={16} />,
          run: () => void navigate({ to: "/broadcasts/new", search: { draft: broadcast.id } }),
        },
      ]}
      danger={{ label: t("common:delete"), icon: <IconTrash size={16} />, run: ask }}
    />
  );
}
