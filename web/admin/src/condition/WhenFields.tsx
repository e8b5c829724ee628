import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { When } from "../api/types.ts";
import { dayOf } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { whenWord } from "./model.ts";

const WORDS = ["within_days", "older_than_days", "on_or_after", "before", "never"] as const;
type Word = (typeof WORDS)[number];

export function WhenFields({
  label,
  when,
  onChange,
}: {
  label: string;
  when: When;
  onChange: (when: When) => void;
}) {
  const { t } = useTranslation("condition");
  const zone = useZone();
  const word = whenWord(when);
  const choose = (next: string | null) => {
    if (next === "never") onChange("never");
    if (next === "within_days") onChange({ within_days: 30 });
    if (next === "older_than_days") onChange({ older_than_days: 30 });
    const today = dayOf(Date.now(), zone);
    if (next === "on_or_after") onChange({ on_or_after: today });
    if (next === "before") onChange({ before: today });
  };
  const value: unknown = typeof when === "string" ? undefined : Object.values(when)[0];
  return (
    <Group grow align="flex-end" preventGrowOverflow={false}>
      <Select
        label={label}
        flex="2 1 180px"
        allowDeselect={false}
        data={WORDS.map((one) => ({ value: one, label: t(`when.${one}`) }))}
        value={word}
        onChange={choose}
      />
      {typeof value === "number" && (
        <NumberInput
          aria-label={t("days")}
          flex="1 1 120px"
          min={0}
          max={36500}
          allowDecimal={false}
          suffix={t("daysSuffix")}
          value={value}
          onChange={(days) => onChange({ [word as Word]: Number(days) || 0 } as When)}
        />
      )}
      {typeof value === "string" && (
        <TextInput
          type="date"
          aria-label={t("day")}
          flex="1 1 150px"
          value={value}
          onChange={(event) => onChange({ [word as Word]: event.currentTarget.value } as When)}
        />
      )}
    </Group>
  );
}
