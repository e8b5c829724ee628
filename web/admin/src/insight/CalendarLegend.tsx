/** What the colours of the calendar stand for. */
import { Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { CATEGORY_COLORS, colorOf, JOURNEY_COLOR, MENU_COLOR } from "./shares.ts";

const CATEGORIES = ["promotion", "reading", "notice", "none"] as const;

export function CalendarLegend() {
  const { t } = useTranslation("insight");
  const kinds = [
    ...CATEGORIES.map((category) => ({
      color: CATEGORY_COLORS[category],
      name: t("calendar.legend.broadcast", { category: t(`category.${category}`) }),
    })),
    { color: JOURNEY_COLOR, name: t("calendar.legend.journey") },
    { color: MENU_COLOR, name: t("calendar.legend.menu") },
  ];
  return (
    <Group
      component="ul"
      aria-label={t("calendar.legend.title")}
      gap="4px 16px"
      m={0}
      p={0}
      style={{ listStyle: "none" }}
    >
      {kinds.map(({ color, name }) => (
        <Group component="li" key={name} gap={6} wrap="nowrap">
          <Swatch color={color} />
          <Text span fz="xs" c="dimmed">
            {name}
          </Text>
        </Group>
      ))}
    </Group>
  );
}

export function Swatch({ color }: { color: string }) {
  return (
    <span
      aria-hidden
      style={{ flex: "none", width: 10, height: 10, borderRadius: 3, background: colorOf(color) }}
    />
  );
}
