/** What else the same people get on the day. */
import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Overlap } from "../api/types.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { Part } from "../ui/Part.tsx";

export function Overlaps({ overlaps }: { overlaps: Overlap[] }) {
  const { t } = useTranslation("broadcast");
  if (overlaps.length === 0) return null;
  return (
    <Part fz="sm" title={t("overlap.title")} about={t("overlap.about")} gap="sm">
      {overlaps.map((one) => (
        <Line key={`${one.kind} ${one.id}`} overlap={one} />
      ))}
    </Part>
  );
}

function Line({ overlap }: { overlap: Overlap }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  const to = `/${overlap.kind === "journey" ? "journeys" : "broadcasts"}/${overlap.id}`;
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
      <div style={{ minWidth: 0 }}>
        {overlap.kind === "other" ? (
          <Text fz="sm">{t("overlap.kind.other")}</Text>
        ) : (
          <Anchor component={Link} to={to} fz="sm">
            {overlap.name}
          </Anchor>
        )}
        {overlap.kind !== "other" && (
          <Text fz="xs" c="dimmed">
            {t(`overlap.kind.${overlap.kind}`, { at: overlap.at && dayAndTime(overlap.at, zone) })}
          </Text>
        )}
      </div>
      <Text fz="sm" fw={600} style={{ whiteSpace: "nowrap" }}>
        {overlap.people === null
          ? t("overlap.unknown")
          : t("common:unit.people", { n: number(overlap.people) })}
      </Text>
    </Group>
  );
}
