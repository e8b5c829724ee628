/** How long a step waits. */
import { Chip, Group, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Span, Wait, Weekday } from "../api/types.ts";
import { attributesQuery } from "../contact/definitions.ts";
import { dayOf } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { TriggerFields } from "./TriggerFields.tsx";
import { newWait, WAITS, type WaitKind, waitKind } from "./wait.ts";

const DAYS: Weekday[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

export function WaitFields({ wait, onChange }: { wait: Wait; onChange: (wait: Wait) => void }) {
  const { t } = useTranslation(["journey", "common"]);
  const zone = useZone();
  const kind = waitKind(wait);
  return (
    <Stack gap="sm">
      <Select
        label={t("waitKind")}
        allowDeselect={false}
        data={[...WAITS, "event" as const].map((one) => ({ value: one, label: t(`waits.${one}`) }))}
        value={kind}
        onChange={(next) =>
          next && next !== kind && onChange(newWait(next as WaitKind, dayOf(Date.now(), zone)))
        }
      />
      {"after" in wait && (
        <SpanFields span={wait.after} onChange={(after) => onChange({ after })} />
      )}
      {"clock" in wait && (
        <Time label={t("at")} value={wait.clock} onChange={(clock) => onChange({ clock })} />
      )}
      {"weekday" in wait && (
        <>
          <Chip.Group
            multiple
            value={wait.weekday.days}
            onChange={(days) => onChange({ weekday: { ...wait.weekday, days: days as Weekday[] } })}
          >
            <Group gap={6}>
              {DAYS.map((day) => (
                <Chip key={day} value={day} size="sm">
                  {t(`common:weekday.${day}`)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <Time
            label={t("at")}
            value={wait.weekday.at}
            onChange={(at) => onChange({ weekday: { ...wait.weekday, at } })}
          />
        </>
      )}
      {"day" in wait && (
        <Group align="flex-end">
          <TextInput
            type="date"
            label={t("date")}
            value={wait.day.date}
            onChange={(event) =>
              onChange({ day: { ...wait.day, date: event.currentTarget.value } })
            }
          />
          <Time
            label={t("at")}
            value={wait.day.at}
            onChange={(at) => onChange({ day: { ...wait.day, at } })}
          />
        </Group>
      )}
      {"date" in wait && <DateFields wait={wait} onChange={onChange} />}
      {"event" in wait && (
        <>
          <TriggerFields
            label={t("waits.event")}
            trigger={wait.event.event}
            use="event"
            onChange={(event) => onChange({ event: { ...wait.event, event } })}
          />
          <Text fz="sm" fw={500}>
            {t("timeout")}
          </Text>
          <SpanFields
            span={wait.event.timeout ?? {}}
            onChange={(timeout) => onChange({ event: { ...wait.event, timeout } })}
          />
        </>
      )}
    </Stack>
  );
}

function Time({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <TextInput
      type="time"
      label={label}
      w={130}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function SpanFields({ span, onChange }: { span: Span; onChange: (span: Span) => void }) {
  const { t } = useTranslation("journey");
  const part = (key: "days" | "hours" | "minutes", most: number) => (
    <NumberInput
      label={t(`part.${key}`)}
      w={92}
      min={0}
      max={most}
      allowDecimal={false}
      value={span[key] ?? 0}
      onChange={(n) => onChange({ ...span, [key]: Number(n) || 0 })}
    />
  );
  const setAt = (at: string) => {
    const { at: _, ...rest } = span;
    onChange(at ? { ...rest, at } : rest);
  };
  return (
    <Group gap="sm" align="flex-end">
      {part("days", 3650)}
      {part("hours", 8760)}
      {part("minutes", 525600)}
      <TextInput
        type="time"
        label={t("part.at")}
        w={150}
        value={span.at ?? ""}
        onChange={(event) => setAt(event.currentTarget.value)}
      />
    </Group>
  );
}

type DateWait = Extract<Wait, { date: unknown }>;

function DateFields({ wait, onChange }: { wait: DateWait; onChange: (wait: Wait) => void }) {
  const { t } = useTranslation(["journey", "common"]);
  const { data } = useQuery(attributesQuery);
  const { date } = wait;
  const put = (more: Partial<DateWait["date"]>) => onChange({ date: { ...date, ...more } });
  const dates = data?.items.filter((one) => one.type === "date" || one.type === "datetime") ?? [];
  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <Select
          label={t("dateField")}
          placeholder={t("common:choose")}
          data={dates.map(({ key, label }) => ({ value: key, label }))}
          value={date.attribute || null}
          onChange={(attribute) => put({ attribute: attribute ?? "" })}
        />
        <NumberInput
          label={t("dateDays")}
          w={150}
          allowDecimal={false}
          value={date.days ?? 0}
          onChange={(n) => put({ days: Number(n) || 0 })}
        />
        <Time label={t("at")} value={date.at} onChange={(at) => put({ at })} />
      </Group>
      <Group align="flex-end">
        <Select
          label={t("repeat")}
          allowDeselect={false}
          data={(["once", "yearly"] as const).map((one) => ({
            value: one,
            label: t(`repeats.${one}`),
          }))}
          value={date.repeat ?? "once"}
          onChange={(repeat) => put({ repeat: repeat as "once" })}
        />
        <Select
          label={t("ifMissing")}
          allowDeselect={false}
          data={(["end", "skip", "go"] as const).map((one) => ({
            value: one,
            label: t(`instead.${one}`),
          }))}
          value={date.if_missing ?? "end"}
          onChange={(value) => put({ if_missing: value as "end" })}
        />
      </Group>
    </Stack>
  );
}
