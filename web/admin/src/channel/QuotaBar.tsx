/** This month's messages: used, kept back, left. */
import { Group, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Channel } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { quotaOf } from "./quota.ts";

export function QuotaBar({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  const quota = quotaOf(channel);
  if (!quota) {
    return (
      <Text fz="sm" c="dimmed" mt="md">
        {t("quotaUnknown")}
      </Text>
    );
  }
  if (quota.limit === null) {
    return (
      <Text fz="sm" mt="md">
        {t(quota.asked ? "quotaOpen" : "quotaUnasked", { used: number(quota.used) })}
      </Text>
    );
  }
  const share = (n: number) => (100 * n) / Math.max(1, quota.limit ?? 1);
  return (
    <Stack gap={6} mt="md">
      <Group justify="space-between" fz="sm">
        <Text fz="sm">
          {t("quotaUsed", { used: number(quota.used), limit: number(quota.limit) })}
        </Text>
        <Text fz="sm" fw={600} c={quota.tight ? "red" : "var(--mantine-color-text)"}>
          {t("quotaLeft", { left: number(quota.left) })}
        </Text>
      </Group>
      <Progress.Root size="lg" aria-label={t("quota")}>
        <Progress.Section
          value={share(quota.used)}
          color={quota.tight ? "red" : "pine"}
          aria-label={t("quotaUsedShort")}
        />
        {quota.kept > 0 && (
          <Progress.Section
            value={share(Math.min(quota.kept, quota.left))}
            color="gray.4"
            aria-label={t("quotaKept")}
          />
        )}
      </Progress.Root>
      <Text fz="xs" c="dimmed">
        {quota.kept > 0 && t("quotaKeptAbout", { n: number(quota.kept) })} {t("quotaRough")}
      </Text>
    </Stack>
  );
}
