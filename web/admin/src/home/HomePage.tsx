/** What needs somebody now, and how the accounts are doing. */
import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import {
  IconBrandLine,
  IconCircleCheck,
  IconMessageExclamation,
  IconSpeakerphone,
} from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Broadcast, Channel } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { broadcastsQuery } from "../broadcast/api.ts";
import { StateBadge } from "../broadcast/state.tsx";
import { QuotaBar } from "../channel/QuotaBar.tsx";
import { unreadQuery } from "../conversation/api.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { useMay, useMe, useZone } from "../session/api.ts";
import { statusQuery } from "../settings/api.ts";
import { StartCard } from "../start/StartCard.tsx";
import { AccountDot } from "../ui/AccountDot.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Page } from "../ui/Page.tsx";

export default function HomePage() {
  const { t } = useTranslation("home");
  const me = useMe();
  const { channels, channel } = useAccounts();
  if (channels.length === 0) return <Welcome />;
  const shown = channel ? [channel] : channels;
  return (
    <Page title={t("title")} about={me.workspace.name}>
      <StartCard />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Todo />
        {shown.map((one) => (
          <Account key={one.id} channel={one} />
        ))}
      </SimpleGrid>
      <Broadcasts />
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

/** Only what a person must do; on a good day one calm line. */
function Todo() {
  const { t } = useTranslation("home");
  const { channel, channels } = useAccounts();
  const { data: unread } = useQuery(unreadQuery(channel?.id));
  const { data: status } = useQuery(statusQuery);
  const { data: broadcasts } = useInfiniteQuery(broadcastsQuery);
  const waiting =
    broadcasts?.pages
      .flatMap((page) => page.items)
      .filter((one) => one.hold === "first_percent" || one.hold === "quota") ?? [];
  const tight = channels.filter((one) => one.quota?.exhausted_at);
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
    ...waiting.map((one) => ({
      key: one.id,
      to: `/broadcasts/${one.id}`,
      text: t("todo.broadcast", { name: one.name }),
    })),
    ...tight.map((one) => ({
      key: one.id,
      to: `/channels/${one.id}`,
      text: t("todo.quota", { name: one.name }),
    })),
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
      {lines.length === 0 ? (
        <Group gap="xs">
          <IconCircleCheck size={20} color="var(--mantine-color-pine-7)" aria-hidden />
          <Text fz="sm">{t("todo.none")}</Text>
        </Group>
      ) : (
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

function Account({ channel }: { channel: Channel }) {
  const { t } = useTranslation("home");
  return (
    <Card style={{ borderTop: `4px solid ${channel.color}` }}>
      <Group justify="space-between">
        <Group gap={8}>
          <AccountDot color={channel.color} picture={channel.picture_url} />
          <Title order={2} fz="md">
            {channel.name}
          </Title>
        </Group>
        {channel.mode === "send_only" && <Badge color="blue">{t("sendOnly")}</Badge>}
      </Group>
      <Group align="baseline" gap={6} mt="sm">
        <Text fz={30} fw={700} lh={1} style={{ fontVariantNumeric: "tabular-nums" }}>
          {number(channel.friends)}
        </Text>
        <Text fz="sm" c="dimmed">
          {t("friends")}
        </Text>
      </Group>
      <QuotaBar channel={channel} />
    </Card>
  );
}

/** How many of the last ones are shown on a day when none is under way. */
const RECENT = 3;
const OPEN = new Set<Broadcast["state"]>(["scheduled", "snapshotting", "sending", "paused"]);

function Broadcasts() {
  const { t } = useTranslation("home");
  const zone = useZone();
  const may = useMay("send_broadcast");
  const { channel } = useAccounts();
  const { data } = useInfiniteQuery(broadcastsQuery);
  const own =
    data?.pages
      .flatMap((page) => page.items)
      .filter((one) => !channel || one.channel_id === channel.id) ?? [];
  const open = own.filter((one) => OPEN.has(one.state));
  const shown = open.length > 0 ? open : own.filter((one) => one.state === "done").slice(0, RECENT);
  return (
    <Card mt="md">
      <Group justify="space-between" mb="sm">
        <Title order={2} fz="md">
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
