/** Who opened a broadcast's links. */
import { Card, Group, SimpleGrid, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BroadcastWithCounts } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { templateQuery } from "../template/api.ts";
import { hasLinks } from "./links.ts";

export function Clicks({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const template = useQuery(templateQuery(broadcast.template_id));
  const { people, clicks, unknown, prefetch } = broadcast.clicks;
  const any = clicks + unknown + prefetch > 0;
  const counted = broadcast.link_mode !== "direct" && hasLinks(template.data?.messages ?? []);
  if (!any && !counted) return null;
  const named = broadcast.link_mode === "person" || people > 0;
  const share = Math.round((100 * people) / Math.max(1, broadcast.counts.accepted));
  const parts = [
    ...(named ? [{ key: "clicks" as const, n: clicks }] : []),
    { key: "unknown" as const, n: unknown },
    { key: "prefetch" as const, n: prefetch },
  ];
  return (
    <Card>
      <Title order={2} fz="sm" mb="xs">
        {t("opened")}
      </Title>
      {named && (
        <Group align="baseline" gap="xs">
          <Text fz={28} fw={700} lh={1.1} style={{ fontVariantNumeric: "tabular-nums" }}>
            {t("common:unit.people", { n: number(people) })}
          </Text>
          <Text fz="sm" c="dimmed">
            {t("openedShare", { percent: share })}
          </Text>
        </Group>
      )}
      <SimpleGrid cols={{ base: 2, sm: 3 }} mt={named ? "md" : 0}>
        {parts.map((part) => (
          <div key={part.key}>
            <Text fz="xs" c="dimmed">
              {t(`openings.${part.key}`)}
            </Text>
            <Text fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
              {t("times", { n: number(part.n) })}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      <Text fz="xs" c="dimmed" mt="sm">
        {t(named ? "openedNote" : "openedSharedNote")}
      </Text>
    </Card>
  );
}
