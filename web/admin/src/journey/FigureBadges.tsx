/** What happened at a step, as small labels; what is nought is left out. */
import { Badge, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { JourneyFigures, JourneyNode } from "../api/types.ts";
import { number } from "../i18n/time.ts";

export type NodeFigures = JourneyFigures["nodes"][string];

const SAID = {
  came: "gray",
  sent: "pine",
  open: "blue",
  refused: "orange",
  failed: "red",
} as const;

export function FigureBadges({ figures, kind }: { figures: NodeFigures; kind: JourneyNode["do"] }) {
  const { t } = useTranslation("journey");
  const parts = (Object.keys(SAID) as (keyof typeof SAID)[])
    .filter((key) => kind === "message" || key === "came")
    .filter((key) => figures[key] > 0);
  const { here, ended, clicked } = figures;
  if (parts.length === 0 && here === 0 && ended === 0 && !clicked) return null;
  return (
    <Group gap={4} mt={4}>
      {here > 0 && <Badge color="blue">{t("here", { n: number(here) })}</Badge>}
      {parts.map((key) => (
        <Badge key={key} color={SAID[key]}>
          {t(`did.${key}`, { n: number(figures[key]) })}
        </Badge>
      ))}
      {clicked !== null && clicked > 0 && (
        <Badge color="grape">{t("did.clicked", { n: number(clicked) })}</Badge>
      )}
      {ended > 0 && <Badge color="gray">{t("ended", { n: number(ended) })}</Badge>}
    </Group>
  );
}
