/** A broadcast under way or done: how far it is, what became of whom. */
import {
  Alert,
  Button,
  Card,
  Grid,
  Group,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { BroadcastWithCounts } from "../api/types.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { useMay, useZone } from "../session/api.ts";
import { Preview } from "../template/Preview.tsx";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { Afterwards, CopyButton } from "./Afterwards.tsx";
import { broadcastQuery, cancel, pause, resume } from "./api.ts";
import { Clicks } from "./Clicks.tsx";
import { figuresOf } from "./figures.ts";
import { Reasons } from "./Reasons.tsx";
import { Results } from "./Results.tsx";
import { StateBadge } from "./state.tsx";

const route = getRouteApi("/shell/broadcasts/$id");
const MOVING = new Set(["scheduled", "snapshotting", "sending", "paused"]);

export default function BroadcastPage() {
  const { id } = route.useParams();
  const query = useQuery({
    ...broadcastQuery(id),
    // The live feed tells of changes of state; figures move in between.
    refetchInterval: ({ state }) => (state.data && MOVING.has(state.data.state) ? 2_000 : false),
  });
  return <Loaded query={query}>{(broadcast) => <View broadcast={broadcast} />}</Loaded>;
}

function View({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation("broadcast");
  const zone = useZone();
  if (broadcast.state === "draft")
    return <Navigate to="/broadcasts/new" search={{ draft: broadcast.id }} />;
  return (
    <Page
      title={broadcast.name}
      about={
        <Group gap="xs">
          <StateBadge state={broadcast.state} />
          <AccountName id={broadcast.channel_id} />
          {dayAndTime(broadcast.started_at ?? broadcast.send_at, zone)}
        </Group>
      }
      back={{ to: "/broadcasts", label: t("title") }}
      actions={<Controls broadcast={broadcast} />}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            <HoldNote broadcast={broadcast} />
            <Figures broadcast={broadcast} />
            {broadcast.state !== "done" && <Afterwards broadcast={broadcast} />}
            {broadcast.started_at !== null && <Results broadcast={broadcast} />}
            <Clicks broadcast={broadcast} />
            {broadcast.state === "done" && <Afterwards broadcast={broadcast} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Preview
            template_id={broadcast.template_id}
            version_id={broadcast.template_version_id}
            channel_id={broadcast.channel_id}
            height={480}
          />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function HoldNote({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation("broadcast");
  const zone = useZone();
  if (!broadcast.hold) return null;
  return (
    <Alert
      color={broadcast.hold === "pace" || broadcast.hold === "quiet" ? "blue" : "orange"}
      title={t("holding")}
    >
      {t(`hold.${broadcast.hold}`, {
        at: dayAndTime(broadcast.wake_at, zone),
        n: broadcast.first_percent ?? 0,
      })}
    </Alert>
  );
}

const COLORS = {
  accepted: "pine",
  open: "blue.4",
  queued: "gray.4",
  refused: "orange.5",
  failed: "red.7",
};

function Figures({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const { counts } = broadcast;
  const figures = figuresOf(broadcast);
  const parts = [
    { key: "accepted", n: counts.accepted },
    { key: "open", n: counts.sending },
    { key: "failed", n: counts.failed + counts.unknown },
    { key: "refused", n: figures.refused },
    { key: "queued", n: counts.queued },
  ] as const;
  return (
    <>
      <Card>
        <Group justify="space-between" align="flex-end" mb="sm">
          <div>
            <Text fz="sm" c="dimmed">
              {t("figure.accepted")}
            </Text>
            <Text fz={34} fw={700} lh={1.1} style={{ fontVariantNumeric: "tabular-nums" }}>
              {t("common:unit.people", { n: number(counts.accepted) })}
            </Text>
          </div>
          <Text fz="sm" c="dimmed" role="status">
            {t("progress", { percent: figures.percent, total: number(broadcast.total) })}
          </Text>
        </Group>
        <Progress.Root size={18} radius="sm">
          {parts
            .filter((part) => part.n > 0)
            .map((part) => (
              <Progress.Section
                key={part.key}
                value={(100 * part.n) / Math.max(1, broadcast.total)}
                color={COLORS[part.key]}
                aria-label={`${t(`figure.${part.key}`)} ${part.n}`}
              />
            ))}
        </Progress.Root>
        <SimpleGrid cols={{ base: 2, sm: 4 }} mt="md">
          {parts.slice(1).map((part) => (
            <Group key={part.key} gap={8} wrap="nowrap" align="flex-start">
              <span
                aria-hidden
                style={{
                  flex: "none",
                  width: 10,
                  height: 10,
                  marginTop: 5,
                  borderRadius: 3,
                  background: `var(--mantine-color-${COLORS[part.key].replace(".", "-")})`,
                }}
              />
              <div>
                <Text fz="xs" c="dimmed">
                  {t(`figure.${part.key}`)}
                </Text>
                <Text fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
                  {number(part.n)}
                </Text>
              </div>
            </Group>
          ))}
        </SimpleGrid>
      </Card>
      {figures.refused > 0 && (
        <Card>
          <Title order={2} fz="sm" mb="xs">
            {t("refusedDone", { n: number(figures.refused) })}
          </Title>
          <Reasons reasons={counts.refused} />
        </Card>
      )}
      {counts.unknown > 0 && (
        <Alert color="yellow">{t("unknownNote", { n: number(counts.unknown) })}</Alert>
      )}
    </>
  );
}

function Controls({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation("broadcast");
  const maySend = useMay("send_broadcast");
  const mayStop = useMay("stop_channel");
  const ask = useConfirm();
  const wishes = { stale: ["broadcast" as const] };
  const hold = useAct(() => pause(broadcast.id), wishes);
  const goOn = useAct(() => resume(broadcast.id), wishes);
  const drop = useAct(() => cancel(broadcast.id), wishes);
  const left = number(broadcast.counts.queued);
  const askCancel = async () => {
    const yes = await ask({
      title: t("cancelTitle", { name: broadcast.name }),
      body: t(broadcast.state === "scheduled" ? "cancelBooked" : "cancelAbout", { n: left }),
      action: t("cancel"),
      danger: true,
    });
    if (yes) drop.mutate();
  };
  const askResume = async () => {
    const yes = await ask({
      title: t("resumeTitle"),
      body: t("resumeAbout", { n: left }),
      action: t("resume"),
    });
    if (yes) goOn.mutate();
  };
  const held =
    broadcast.state === "paused" ||
    broadcast.hold === "first_percent" ||
    broadcast.hold === "staff";
  return (
    <Group gap="xl">
      {maySend && <CopyButton broadcast={broadcast} />}
      {maySend && MOVING.has(broadcast.state) && (
        <Button variant="subtle" color="red" loading={drop.isPending} onClick={askCancel}>
          {t("cancel")}
        </Button>
      )}
      {!MOVING.has(broadcast.state)
        ? null
        : held
          ? maySend && (
              <Button
                leftSection={<IconPlayerPlay size={17} />}
                loading={goOn.isPending}
                onClick={askResume}
              >
                {t("resume")}
              </Button>
            )
          : mayStop && (
              <Button
                variant="default"
                leftSection={<IconPlayerPause size={17} />}
                loading={hold.isPending}
                onClick={() => hold.mutate()}
              >
                {t("pause")}
              </Button>
            )}
    </Group>
  );
}
