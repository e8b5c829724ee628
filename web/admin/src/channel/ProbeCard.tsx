/** What LINE itself said about the account. */
import { Avatar, Card, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Probe } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { pictureOf } from "../ui/picture.ts";

export function ProbeCard({ probe }: { probe: Probe }) {
  const { t } = useTranslation("channel");
  const { bot, quota, webhook } = probe;
  const lines = [
    [
      t("probe.quota"),
      quota.limit === null
        ? t("quotaOpen", { used: number(quota.used) })
        : t("quotaUsed", { used: number(quota.used), limit: number(quota.limit) }),
    ],
    [t("probe.chat"), t(bot.chat_mode === "bot" ? "probe.chatBot" : "probe.chatChat")],
    [
      t("probe.webhook"),
      webhook.is_ours ? t("probe.webhookOurs") : (webhook.endpoint ?? t("probe.webhookNone")),
    ],
  ] as const;
  return (
    <Card>
      <Group mb="sm">
        <Avatar src={pictureOf(bot.picture_url)} name={bot.display_name} size={48} alt="" />
        <div>
          <Text fw={600}>{bot.display_name}</Text>
          <Text fz="sm" c="dimmed">
            {bot.basic_id}
          </Text>
        </div>
      </Group>
      <Stack gap={6} fz="sm">
        {lines.map(([name, value]) => (
          <Group key={name} gap="sm" wrap="nowrap" align="flex-start">
            <Text fz="sm" c="dimmed" w={120} flex="none">
              {name}
            </Text>
            <Text fz="sm" style={{ overflowWrap: "anywhere" }}>
              {value}
            </Text>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
