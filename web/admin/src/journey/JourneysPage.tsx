import { Badge, Button, Card, Group, Text } from "@mantine/core";
import {
  IconCopy,
  IconPencil,
  IconPlus,
  IconRoute,
  IconTemplate,
  IconTrash,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Journey } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { When } from "../ui/When.tsx";
import { create, journeysQuery, remove } from "./api.ts";
import { draftOf } from "./steps.ts";

export default function JourneysPage() {
  const { t } = useTranslation(["journey", "common"]);
  const may = useMay("define");
  const { channel, channels } = useAccounts();
  const query = useQuery(journeysQuery);
  const add = may && channels.length > 0 && (
    <Group gap="xs" justify="center">
      <Button
        component={Link}
        to="/journeys/presets"
        variant="default"
        leftSection={<IconTemplate size={17} />}
      >
        {t("presets")}
      </Button>
      <Button component={Link} to="/journeys/new" leftSection={<IconPlus size={17} />}>
        {t("add")}
      </Button>
    </Group>
  );
  const columns: Column<Journey>[] = [
    {
      key: "name",
      head: t("common:name"),
      cell: (one) => (
        <Text
          component={Link}
          to={`/journeys/${one.id}`}
          fz="sm"
          fw={600}
          c="var(--mantine-color-text)"
        >
          {one.name}
        </Text>
      ),
    },
    { key: "state", head: t("common:state"), cell: (one) => <StateBadge journey={one} /> },
    ...(channels.length > 1
      ? [
          {
            key: "channel",
            head: t("common:channel"),
            cell: (one: Journey) => <AccountName id={one.channel_id} />,
          },
        ]
      : []),
    {
      key: "active",
      head: t("figure.active"),
      kind: "end",
      cell: (one) => t("common:unit.people", { n: number(one.active) }),
    },
    {
      key: "updated",
      head: t("common:updated"),
      wideOnly: true,
      cell: (one) => <When at={one.updated_at} form="day" />,
    },
    ...(may
      ? [
          {
            key: "menu",
            head: "",
            kind: "menu" as const,
            cell: (one: Journey) => <JourneyMenu journey={one} />,
          },
        ]
      : []),
  ];
  return (
    <Page title={t("title")} about={t("about")} actions={add}>
      <Loaded query={query}>
        {({ items }) => {
          const rows = items.filter((one) => !channel || one.channel_id === channel.id);
          return rows.length === 0 ? (
            <Card>
              <Empty icon={IconRoute} title={t("none")} about={t("noneAbout")} action={add} />
            </Card>
          ) : (
            <DataTable label={t("title")} columns={columns} rows={rows} idOf={(one) => one.id} />
          );
        }}
      </Loaded>
    </Page>
  );
}

const COLORS = { draft: "gray", published: "pine", stopped: "orange" };

export function StateBadge({ journey }: { journey: Pick<Journey, "state" | "changed"> }) {
  const { t } = useTranslation("journey");
  return (
    <>
      <Badge color={COLORS[journey.state]}>{t(`states.${journey.state}`)}</Badge>{" "}
      {journey.changed && journey.state !== "draft" && <Badge color="yellow">{t("changed")}</Badge>}
    </>
  );
}

function JourneyMenu({ journey }: { journey: Journey }) {
  const { t } = useTranslation(["journey", "common"]);
  const confirm = useConfirm();
  const navigate = useNavigate();
  const drop = useAct(() => remove(journey.id), { done: t("common:deleted"), stale: ["journey"] });
  const { name, channel_id, graph } = journey;
  const copy = useAct(() => create(draftOf(t("copyName", { name }), channel_id, graph)), {
    done: t("copied"),
    stale: ["journey"],
    after: ({ id }) => navigate({ to: "/journeys/$id", params: { id } }),
  });
  const ask = async () => {
    const yes = await confirm({
      title: t("deleteTitle", { name: journey.name }),
      body: t("common:noUndo"),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) drop.mutate();
  };
  return (
    <RowMenu
      name={journey.name}
      items={[
        {
          label: t("common:edit"),
          icon: <IconPencil size={16} />,
          run: () => void navigate({ to: "/journeys/$id", params: { id: journey.id } }),
        },
        { label: t("copy"), icon: <IconCopy size={16} />, run: () => copy.mutate() },
      ]}
      danger={{ label: t("common:delete"), icon: <IconTrash size={16} />, run: ask }}
    />
  );
}
