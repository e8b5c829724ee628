/** What only LINE's own pages can switch: asked of LINE where it tells, ticked off by hand where it does not. */
import { Anchor, Button, Checkbox, Group, Stack, Text, Title } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconExternalLink,
  IconRefresh,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Channel, ChecklistItem, Probe } from "../api/types.ts";
import { dateTime } from "../i18n/time.ts";
import { useMay, useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { checkQuery, setTick, ticksQuery } from "./api.ts";

const BY_HAND = [
  "line_greeting",
  "line_auto_reply",
  "redelivery",
  "profile",
  "voom",
] as const satisfies ChecklistItem[];
const MANAGER = "https://manager.line.biz/";
const DEVELOPERS = "https://developers.line.biz/console/";

export function LineSide({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  return (
    <Stack gap="lg">
      <Group gap="lg">
        <Outside href={MANAGER} label={t("line.openManager")} />
        <Outside href={DEVELOPERS} label={t("line.openDevelopers")} />
      </Group>
      <Told channel={channel} />
      <ByHand channel={channel} />
    </Stack>
  );
}

function Outside({ href, label }: { href: string; label: string }) {
  return (
    <Anchor href={href} target="_blank" rel="noreferrer" fz="sm">
      <Group gap={4} component="span" wrap="nowrap">
        {label}
        <IconExternalLink size={15} aria-hidden />
      </Group>
    </Anchor>
  );
}

/** LINE says so itself. */
function Told({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  const query = useQuery(checkQuery(channel.id));
  const probe = query.data?.probe ?? null;
  const receives = channel.mode !== "send_only";
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={3} fz="sm">
          {t("line.auto")}
        </Title>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconRefresh size={15} />}
          loading={query.isFetching}
          onClick={() => void query.refetch()}
        >
          {t("line.again")}
        </Button>
      </Group>
      <Answer
        item="response_mode"
        good={receives ? isBot(probe) : true}
        about={t(receives ? "line.response_modeAbout" : "line.webhookNotNeeded")}
      />
      <Answer
        item="webhook"
        good={receives ? (probe?.webhook.active ?? undefined) : true}
        about={t(receives ? "line.webhookAbout" : "line.webhookNotNeeded")}
      />
    </Stack>
  );
}

const isBot = (probe: Probe | null) => (probe ? probe.bot.chat_mode === "bot" : undefined);

function Answer(props: {
  item: "response_mode" | "webhook";
  good: boolean | undefined;
  about: string;
}) {
  const { item, good, about } = props;
  const { t } = useTranslation("channel");
  const word = good === undefined ? "unknown" : good ? "ok" : "ng";
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <span role="img" aria-label={t(`line.${word}`)} style={{ flex: "none", display: "flex" }}>
        {good ? (
          <IconCircleCheck size={22} color="var(--mantine-color-pine-7)" />
        ) : (
          <IconAlertTriangle size={22} color="var(--mantine-color-orange-7)" />
        )}
      </span>
      <div>
        <Text fz="sm" fw={600}>
          {t(`line.${item}`)}
        </Text>
        <Text fz="sm" c="dimmed">
          {good === undefined ? t("line.unknown") : about}
        </Text>
      </div>
    </Group>
  );
}

function ByHand({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  const may = useMay("settings");
  const zone = useZone();
  const query = useQuery(ticksQuery(channel.id));
  const act = useAct(
    (wish: { item: ChecklistItem; ticked: boolean }) => setTick(channel.id, wish),
    { stale: ["channel", "start"] },
  );
  return (
    <Stack gap="sm">
      <Title order={3} fz="sm">
        {t("line.hand")}
      </Title>
      <Loaded query={query}>
        {({ items }) => (
          <Stack gap="md">
            {BY_HAND.map((item) => {
              const tick = items.find((one) => one.item === item);
              const when = tick ? dateTime(tick.at, zone) : "";
              return (
                <Checkbox
                  key={item}
                  checked={tick !== undefined}
                  disabled={!may || act.isPending}
                  label={
                    <Text component="span" fz="sm" fw={600}>
                      {t(`line.${item}`)}
                    </Text>
                  }
                  description={
                    tick
                      ? tick.name
                        ? t("line.by", { when, name: tick.name })
                        : t("line.byNobody", { when })
                      : t(`line.${item}About`)
                  }
                  onChange={(event) => act.mutate({ item, ticked: event.currentTarget.checked })}
                />
              );
            })}
          </Stack>
        )}
      </Loaded>
    </Stack>
  );
}
