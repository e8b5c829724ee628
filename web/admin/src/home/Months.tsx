/** Where LINE's month stands for each account, and how it goes on. */
import { Badge, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Channel, MonthOutlook } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { YEN_PER_MESSAGE } from "../broadcast/cost.ts";
import { QuotaBar } from "../channel/QuotaBar.tsx";
import { number } from "../i18n/time.ts";
import { dashboardQuery } from "../insight/api.ts";
import { AccountDot } from "../ui/AccountDot.tsx";
import { usePeriod } from "./Figures.tsx";

export function Months() {
  const { channel, channels } = useAccounts();
  const { data } = useQuery(dashboardQuery(usePeriod(), channel?.id));
  const shown = channel ? [channel] : channels;
  return (
    <SimpleGrid cols={{ base: 1, md: shown.length > 1 ? 2 : 1 }} spacing="md">
      {shown.map((one) => (
        <Month
          key={one.id}
          channel={one}
          outlook={data?.months.find((month) => month.channel_id === one.id)}
        />
      ))}
    </SimpleGrid>
  );
}

function Month({ channel, outlook }: { channel: Channel; outlook: MonthOutlook | undefined }) {
  const { t } = useTranslation(["home", "common"]);
  return (
    <Card style={{ borderTop: `4px solid ${channel.color}` }}>
      <Group justify="space-between">
        <Group gap={8}>
          <AccountDot color={channel.color} picture={channel.picture_url} />
          <Title order={2} fz="md">
            {channel.name}: {t("month.title")}
          </Title>
        </Group>
        {channel.mode === "send_only" && <Badge color="blue">{t("sendOnly")}</Badge>}
      </Group>
      {outlook?.left != null && (
        <Group align="baseline" gap={8} mt="sm">
          <Text fz="sm" c="dimmed">
            {t("month.left")}
          </Text>
          <Text fz={28} fw={700} lh={1} style={{ fontVariantNumeric: "tabular-nums" }}>
            {t("common:unit.messages", { n: number(outlook.left) })}
          </Text>
          <Text fz="sm" c="dimmed">
            {t("month.worth", { yen: number(outlook.left * YEN_PER_MESSAGE) })}
          </Text>
        </Group>
      )}
      <QuotaBar channel={channel} />
      {outlook && <Ahead outlook={outlook} />}
    </Card>
  );
}

function Ahead({ outlook }: { outlook: MonthOutlook }) {
  const { t } = useTranslation("home");
  const { at_end, limit, runs_out } = outlook;
  if (at_end === null) {
    return (
      <Text fz="xs" c="dimmed" mt="xs">
        {t("month.noPace")}
      </Text>
    );
  }
  const over = limit === null ? 0 : at_end - limit;
  return (
    <Stack gap={2} mt="xs">
      <Text fz="sm" fw={over > 0 ? 600 : 400}>
        {over > 0
          ? t("month.over", {
              n: number(at_end),
              over: number(over),
              yen: number(over * YEN_PER_MESSAGE),
            })
          : t("month.atEnd", { n: number(at_end) })}
      </Text>
      {runs_out && (
        <Text fz="sm">{t("month.runsOut", { day: runs_out.slice(5).replace("-", "/") })}</Text>
      )}
      {limit !== null && (
        <Text fz="xs" c="dimmed">
          {t("month.yenAbout")}
        </Text>
      )}
    </Stack>
  );
}
