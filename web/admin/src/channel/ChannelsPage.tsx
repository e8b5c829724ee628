import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconBrandLine, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Channel } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { AccountDot } from "../ui/AccountDot.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { channelsQuery } from "./api.ts";
import { QuotaBar } from "./QuotaBar.tsx";

export default function ChannelsPage() {
  const { t } = useTranslation("channel");
  const query = useQuery(channelsQuery);
  const may = useMay("settings");
  const connect = may && (
    <Button component={Link} to="/channels/new" leftSection={<IconPlus size={17} />}>
      {t("connect")}
    </Button>
  );
  const actions = may && (
    <>
      <Button component={Link} to="/start" variant="subtle">
        {t("start")}
      </Button>
      {connect}
    </>
  );
  return (
    <Page title={t("title")} about={t("about")} actions={actions}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Empty
                icon={IconBrandLine}
                title={t("none")}
                about={t("noneAbout")}
                action={connect}
              />
            </Card>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              {items.map((channel) => (
                <ChannelCard key={channel.id} channel={channel} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
    </Page>
  );
}

function ChannelCard({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  return (
    <Card style={{ borderTop: `4px solid ${channel.color}` }}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={2} miw={0}>
          <Group gap={8} wrap="nowrap">
            <AccountDot color={channel.color} picture={channel.picture_url} />
            <Title order={2} fz="md">
              {channel.name}
            </Title>
          </Group>
          <Text fz="sm" c="dimmed">
            {channel.basic_id} {t("friends", { n: number(channel.friends) })}
          </Text>
        </Stack>
        <ModeBadge channel={channel} />
      </Group>
      <QuotaBar channel={channel} />
      <Group justify="flex-end" mt="md">
        <Button variant="default" component={Link} to={`/channels/${channel.id}`}>
          {t("open")}
        </Button>
      </Group>
    </Card>
  );
}

function ModeBadge({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  if (channel.stopped_at !== null) return <Badge color="red">{t("stopped")}</Badge>;
  return (
    <Badge color={channel.mode === "send_only" ? "blue" : "pine"}>
      {t(`mode.${channel.mode}`)}
    </Badge>
  );
}
