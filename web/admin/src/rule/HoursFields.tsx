/** Only at these hours, or only outside them. */
import {
  ActionIcon,
  Button,
  Chip,
  Group,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Hours, Weekday } from "../api/types.ts";

const DAYS: Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const OPEN: Hours = { weekdays: [], ranges: [{ from: "09:00", to: "18:00" }], side: "inside" };

export function HoursFields({
  hours,
  onChange,
}: {
  hours: Hours | null;
  onChange: (hours: Hours | null) => void;
}) {
  const { t } = useTranslation(["rule", "common"]);
  return (
    <Stack gap="sm">
      <Switch
        label={t("hours")}
        description={t("hoursAbout")}
        checked={hours !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? OPEN : null)}
      />
      {hours && (
        <>
          <SegmentedControl
            style={{ alignSelf: "flex-start" }}
            value={hours.side ?? "inside"}
            onChange={(side) => onChange({ ...hours, side: side as "inside" })}
            data={(["inside", "outside"] as const).map((side) => ({
              value: side,
              label: t(`side.${side}`),
            }))}
          />
          <Chip.Group
            multiple
            value={hours.weekdays}
            onChange={(weekdays) => onChange({ ...hours, weekdays: weekdays as Weekday[] })}
          >
            <Group gap={6}>
              {DAYS.map((day) => (
                <Chip key={day} value={day} size="sm">
                  {t(`common:weekday.${day}`)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          {hours.weekdays.length === 0 && (
            <Text fz="xs" c="dimmed">
              {t("everyDay")}
            </Text>
          )}
          {hours.ranges.map((range, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no identity but their place
            <Group key={n} gap={6} wrap="nowrap">
              <TextInput
                type="time"
                w={132}
                miw={0}
                aria-label={t("from")}
                value={range.from}
                onChange={(event) =>
                  onChange({
                    ...hours,
                    ranges: hours.ranges.with(n, { ...range, from: event.currentTarget.value }),
                  })
                }
              />
              <span>–</span>
              <TextInput
                type="time"
                w={132}
                miw={0}
                aria-label={t("to")}
                value={range.to === "24:00" ? "00:00" : range.to}
                onChange={(event) =>
                  onChange({
                    ...hours,
                    ranges: hours.ranges.with(n, { ...range, to: event.currentTarget.value }),
                  })
                }
              />
              <ActionIcon
                aria-label={t("removeRange", { n: n + 1 })}
                onClick={() => onChange({ ...hours, ranges: hours.ranges.toSpliced(n, 1) })}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          ))}
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={15} />}
            style={{ alignSelf: "flex-start" }}
            onClick={() =>
              onChange({ ...hours, ranges: [...hours.ranges, { from: "09:00", to: "18:00" }] })
            }
          >
            {t("addRange")}
          </Button>
        </>
      )}
    </Stack>
  );
}
