/** What was handed on to the old tool, and how it fared. */
import { Badge, Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconArrowForwardUp, IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import type { Forward } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { sayDone, useAct } from "../ui/act.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { ErrorView } from "../ui/ErrorView.tsx";
import { Waiting } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { channelQuery, forwardsQuery, retryForwards } from "./api.ts";

const route = getRouteApi("/shell/channels/$id/forwards");

export default function ForwardsPage() {
  const { t } = useTranslation("channel");
  const { id } = route.useParams();
  const may = useMay("settings");
  const { data: channel } = useQuery(channelQuery(id));
  const query = useInfiniteQuery(forwardsQuery(id));
  const figures = query.data?.pages[0]?.figures;
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const retry = useAct(() => retryForwards(id), {
    stale: ["channel"],
    after: ({ retried }) => sayDone(t("forwards.retried", { n: number(retried) })),
  });
  return (
    <Page
      title={t("forwards.title")}
      about={t("forwards.about")}
      back={{ to: `/channels/${id}`, label: channel?.name ?? t("title") }}
    >
      {query.isError && rows.length === 0 && (
        <ErrorView problem={asProblem(query.error)} retry={() => void query.refetch()} />
      )}
      {query.isPending && <Waiting />}
      {query.data && rows.length === 0 && (
        <Card>
          <Empty
            icon={IconArrowForwardUp}
            title={t("forwards.none")}
            about={t("forwards.noneAbout")}
          />
        </Card>
      )}
      {rows.length > 0 && (
        <Stack>
          <Group justify="space-between">
            {figures && (
              <Text fz="sm" c="dimmed">
                {t("forwards.figures", {
                  done: number(figures.done),
                  waiting: number(figures.waiting),
                  failed: number(figures.failed),
                })}
              </Text>
            )}
            {may && (figures?.failed ?? 0) > 0 && (
              <Button
                variant="default"
                leftSection={<IconRefresh size={17} />}
                loading={retry.isPending}
                onClick={() => retry.mutate()}
              >
                {t("forwards.retry")}
              </Button>
            )}
          </Group>
          <Log rows={rows} />
          <More list={query} />
        </Stack>
      )}
    </Page>
  );
}

function Log({ rows }: { rows: Forward[] }) {
  const { t } = useTranslation("channel");
  const columns: Column<Forward>[] = [
    {
      key: "at",
      head: t("forwards.received"),
      cell: (row) => <When at={row.received_at} />,
    },
    { key: "state", head: t("forwards.state"), cell: (row) => <State row={row} /> },
    {
      key: "events",
      head: t("forwards.events"),
      kind: "end",
      cell: (row) => t("forwards.count", { n: number(row.events) }),
    },
    {
      key: "tries",
      head: t("forwards.tries"),
      kind: "end",
      cell: (row) => t("forwards.times", { n: number(row.attempts) }),
    },
    {
      key: "to",
      head: t("forwards.to"),
      wideOnly: true,
      cell: (row) => (
        <Text fz="sm" style={{ overflowWrap: "anywhere" }}>
          {hostOf(row.url)}
        </Text>
      ),
    },
  ];
  return (
    <DataTable label={t("forwards.title")} columns={columns} rows={rows} idOf={(row) => row.id} />
  );
}

const COLORS = { waiting: "yellow", done: "pine", failed: "red" } as const;

function State({ row }: { row: Forward }) {
  const { t } = useTranslation("channel");
  const word = row.state === "waiting" && row.attempts === 0 ? "waitingFirst" : row.state;
  const why =
    row.status !== null && row.state !== "done"
      ? t("forwards.http", { status: row.status })
      : row.error;
  return (
    <Stack gap={2} align="flex-start">
      <Badge color={COLORS[row.state]}>{t(`forwards.${word}`)}</Badge>
      {why && row.state !== "done" && (
        <Text fz="xs" c="dimmed">
          {why}
        </Text>
      )}
    </Stack>
  );
}

/** Addresses of tools may hold a key: on a screen the machine is enough. */
function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
