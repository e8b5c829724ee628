import { Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Reason } from "../api/types.ts";
import { number } from "../i18n/time.ts";

/** Why some did not or will not get it, the most frequent first. */
export function Reasons({ reasons }: { reasons: Partial<Record<Reason, number>> }) {
  const { t } = useTranslation();
  const lines = (Object.entries(reasons) as [Reason, number][])
    .filter(([, n]) => n > 0)
    .sort(([, a], [, b]) => b - a);
  return (
    <Stack gap={4}>
      {lines.map(([reason, n]) => (
        <Group key={reason} justify="space-between" gap="xs" wrap="nowrap">
          <Text fz="sm">{t(`reason.${reason}`)}</Text>
          <Text
            fz="sm"
            fw={600}
            style={{ fontVariantNumeric: "tabular-nums", whiteSpace: "nowrap" }}
          >
            {t("unit.people", { n: number(n) })}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
