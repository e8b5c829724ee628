/** Where a template is used: who changes it sees what else changes. */
import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { usageQuery } from "./api.ts";

const PAGES: Record<string, string> = {
  rule: "/rules/",
  journey: "/journeys/",
  broadcast: "/broadcasts/",
  template: "/templates/",
  segment: "/contacts?segment=",
};

export function Usage({ id }: { id: string }) {
  const { t } = useTranslation("template");
  const { data } = useQuery(usageQuery(id));
  if (!data) return null;
  if (data.items.length === 0) {
    return (
      <Text fz="sm" c="dimmed">
        {t("unused")}
      </Text>
    );
  }
  return (
    <Group gap="xs" fz="sm">
      <Text fz="sm" c="dimmed">
        {t("usedIn")}
      </Text>
      {data.items.map((one) => (
        <Anchor key={one.id} component={Link} to={`${PAGES[one.kind] ?? "/"}${one.id}`} fz="sm">
          {t(`usedBy.${one.kind}`, { name: one.name || t("unnamed"), defaultValue: one.name })}
        </Anchor>
      ))}
    </Group>
  );
}
