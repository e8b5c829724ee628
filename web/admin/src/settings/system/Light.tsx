import { ThemeIcon } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconQuestionMark,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { HealthLight } from "../../api/types.ts";

const LOOKS = {
  good: { color: "pine", icon: IconCircleCheck },
  care: { color: "yellow", icon: IconAlertTriangle },
  bad: { color: "red", icon: IconCircleX },
  unknown: { color: "gray", icon: IconQuestionMark },
} as const;

/** A traffic light that is read without its colour too. */
export function Light({
  light,
  name = light,
}: {
  light: HealthLight;
  name?: HealthLight | "none";
}) {
  const { t } = useTranslation("settings");
  const { color, icon: Icon } = LOOKS[light];
  return (
    <ThemeIcon
      variant="light"
      color={color}
      radius="xl"
      size={28}
      role="img"
      aria-label={t(`health.light.${name}`)}
      style={{ flex: "none" }}
    >
      <Icon size={18} />
    </ThemeIcon>
  );
}
