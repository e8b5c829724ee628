/** What needs somebody now, and how the accounts are doing. */
import { Alert, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import {
  IconBrandLine,
  IconCircleCheck,
  IconMessageExclamation,
  IconSpeakerphone,
} from "@tabler/icons-react";
import { type UseQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Broadcast } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { shelfQuery } from "../broadcast/api.ts";
import { StateBadge } from "../broadcast/state.tsx";
import { unreadQuery } from "../conversation/api.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { journeysQuery } from "../journey/api.ts";
import { openQuery } from "../notice/api.ts";
import { placeOf, useSay } from "../notice/say.ts";
import { rulesQuery } from "../rule/api.ts";
import { useMay, useMe, useZone } from "../session/api.ts";
import { statusQuery } from "../settings/api.ts";
import { StartCard } from "../start/StartCard.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Waiting } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { Figures, PeriodSwitch } from "./Figures.tsx";
import { Months } from "./Months.tsx";

export default function HomePage() {
  const { t } = useTranslation("home");
  const me = useMe();
  const { channels } = useAccounts();
  if (channels.length === 0) return <Welcome />;
  return (
    <Page title={t("title")} about={me.workspace.name} actions={<PeriodSwitch />}>
      <StartCard />
      <Stack gap="md">
        <Todo />
        <Figures />
        <Months />
        <Running />
      </Stack>
    </Page>
  );
}

function Welcome() {
  const { t } = useTranslation("home");
  const may = useMay("settings");
  return (
    <Page title={t("welcome")} width="read">
      <Card>
        <Empty
          icon={IconBrandLine}
          title={t("first")}
          about={t("firstAbout")}
          action={
            may && (
              <Button component={Link} to="/channels/new" size="md">
                {t("connect")}
              </Button>
            )
          }
        />
      </Card>
    </Page>
  );
}

/** What goes on only when somebody sees to it; the others go on by themselves. */
const HELD = ["first_percent", "quota", "budget", "template", "staff"] as const;
type Held = (typeof HELD)[number];
const isHeld = (hold: string): hold is Held => (HELD as readonly string[]).includes(hold);

/** Only what a person must do; on a good day one calm line. */
function Todo() {
  const { t } = useTranslation("home");
  const { channel, channels } = useAccounts();
  const asked = {
    unread: useQuery(unreadQuery(channel?.id)),
    status: useQuery(statusQuery),
    broadcasts: useInfiniteQuery(shelfQuery("running", "")),
    notices: useQuery(openQuery),
  };
  const unread = asked.unread.data;
  const status = asked.status.data;
  const held = asked.broadcasts.data?.pages
    .flatMap((page) => page.items)
    .flatMap((one) => (one.hold && isHeld(one.hold) ? { ...one, hold: one.hold } : []));
  const tight = channels.filter((one) => one.quota?.exhausted_at);
  const stopped = channels.filter((one) => one.stopped_at !== null);
  const say = useSay();
  // What has a line of its own above is not said twice.
  const told = asked.notices.data?.items.filter(({ cause }) => cause !== "parked") ?? [];
  const lines = [
    ...(unread && unread.count > 0
      ? [
          {
            key: "unread",
            to: "/talk?filter=unread",
            text: t("todo.unread", { n: `${unread.count}${unread.more ? "+" : ""}` }),
          },
        ]
      : []),
    ...(held ?? []).map((one) => ({
      key: one.id,
      to: `/broadcasts/${one.id}`,
      text: t(`todo.held.${one.hold}`, { name: one.name }),
    })),
    ...tight.map((one) => ({
      key: one.id,
      to: `/channels/${one.id}`,
      text: t("todo.quota", { name: one.name }),
    })),
    ...stopped.map((one) => ({
      key: `stopped-${one.id}`,
      to: `/channels/${one.id}`,
      text: t("todo.stopped", { name: one.name }),
    })),
    ...told.map((one) => ({ key: one.id, to: placeOf(one), text: say(one) })),
    ...(status && status.parked > 0
      ? [
          {
            key: "parked",
            to: "/settings/status",
            text: t("todo.parked", { n: number(status.parked) }),
          },
        ]
      : []),
  ];
  return (
    <Card>
      <Title order={2} fz="md" mb="sm">
        {t("todo.title")}
      </Title>
      <Known queries={Object.values(asked)} />
      {lines.length === 0 && Object.values(asked).every((one) => one.isSuccess) && (
        <Group gap="xs">
          <IconCircleCheck size={20} color="var(--mantine-color-pine-7)" aria-hidden />
          <Text fz="sm">{t("todo.none")}</Text>
        </Group>
      )}
      {lines.length > 0 && (
        <Stack gap="xs">
          {lines.map((line) => (
            <Group key={line.key} gap="sm" wrap="nowrap">
              <IconMessageExclamation
                size={19}
                color="var(--mantine-color-orange-7)"
                aria-hidden
                style={{ flex: "none" }}
              />
              <Text fz="sm" flex={1}>
                {line.text}
              </Text>
              <Button variant="default" component={Link} to={line.to}>
                {t("todo.open")}
              </Button>
            </Group>
          ))}
        </Stack>
      )}
    </Card>
  );
}

/** Whether everything could be looked at: nothing to do is said only of what is known. */
function Known({ queries }: { queries: UseQueryResult[] }) {
  const { t } = useTranslation(["home", "common"]);
  const failed = queries.filter((one) => one.isError);
  if (failed.length === 0)
    return queries.some((one) => one.isPending) ? <Waiting lines={1} /> : null;
  return (
    <Alert color="yellow" mb="sm" role="alert">
      <Group justify="space-between">
        {t("todo.unsure")}
        <Button
          size="xs"
          variant="default"
          loading={failed.some((one) => one.isFetching)}
          onClick={() => void Promise.all(failed.map((one) => one.refetch()))}
        >
          {t("common:retry")}
        </Button>
      </Group>
    </Alert>
  );
}

/** How many of the last ones are shown on a day when none is under way. */
const RECENT = 3;
const OPEN = new Set<Broadcast["state"]>(["scheduled", "snapshotting", "sending", "paused"]);

/** What goes out by itself, and the broadcasts under way. */
function Running() {
  const { t } = useTranslation("home");
  const zone = useZone();
  const may = useMay("send_broadcast");
  const { channel } = useAccounts();
  const { data } = useInfiniteQuery(shelfQuery("all", "", channel?.id));
  const own = data?.pages.flatMap((page) => page.items) ?? [];
  const open = own.filter((one) => OPEN.has(one.state));
  const shown = open.length > 0 ? open : own.filter((one) => one.state === "done").slice(0, RECENT);
  return (
    <Card>
      <Title order={2} fz="md" mb="xs">
        {t("running")}
      </Title>
      <Automatic />
      <Group justify="space-between" mb="sm" mt="md">
        <Title order={3} fz="sm">
          {t(open.length > 0 ? "broadcasts" : "recentBroadcasts")}
        </Title>
        {may && (
          <Button
            component={Link}
            to="/broadcasts/new"
            leftSection={<IconSpeakerphone size={17} />}
          >
            {t("newBroadcast")}
          </Button>
        )}
      </Group>
      {data && shown.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t("noBroadcasts")}
        </Text>
      )}
      <Stack gap="xs">
        {shown.map((one) => (
          <Group key={one.id} gap="4px 12px" justify="space-between" mih={36}>
            <Text
              component={Link}
              to={`/broadcasts/${one.id}`}
              fz="sm"
              fw={600}
              c="var(--mantine-color-text)"
              truncate
            >
              {one.name}
            </Text>
            <Group gap="sm" wrap="nowrap">
              <Text fz="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                {dayAndTime(one.send_at, zone)}
              </Text>
              <StateBadge state={one.state} />
            </Group>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}

function Automatic() {
  const { t } = useTranslation("home");
  const { channel } = useAccounts();
  const { data: journeys } = useQuery(journeysQuery);
  const { data: rules } = useQuery(rulesQuery);
  const here = (id: string | null) => !channel || id === null || id === channel.id;
  const walking = journeys?.items.filter(
    (one) => one.state === "published" && here(one.channel_id),
  );
  const answering = rules?.items.filter((one) => one.enabled && here(one.channel_id));
  return (
    <Group gap="lg">
      {walking && (
        <Text component={Link} to="/journeys" fz="sm" c="var(--mantine-color-anchor)">
          {t("journeysRunning", { n: number(walking.length) })}
        </Text>
      )}
      {answering && (
        <Text component={Link} to="/rules" fz="sm" c="var(--mantine-color-anchor)">
          {t("rulesRunning", { n: number(answering.length) })}
        </Text>
      )}
    </Group>
  );
}
