/** From when on staff are told. */
import { Button, Card, Group, NumberInput, Stack, Switch, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Kept, NoticeRules } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { amend, useStored } from "../ui/stored.ts";
import { rulesQuery, setRules } from "./api.ts";

const RULES = [
  { key: "webhook_silent_hours", unit: "hours", usual: 24, least: 1, most: 720 },
  { key: "failures", unit: "messages", usual: 10, least: 1, most: 1_000_000 },
  { key: "quota_percent", unit: "percent", usual: 80, least: 1, most: 100 },
  { key: "blocks_times", unit: "times", usual: 2, least: 2, most: 100 },
  { key: "stuck_minutes", unit: "minutes", usual: 30, least: 5, most: 10_080 },
  { key: "parked", unit: "count", usual: 1, least: 1, most: 1_000_000 },
  { key: "backup_days", unit: "days", usual: 2, least: 1, most: 30 },
] as const;

export function RulesCard() {
  const { t } = useTranslation("notice");
  const query = useQuery(rulesQuery);
  return (
    <Card>
      <Title order={2} fz="md">
        {t("rules.title")}
      </Title>
      <Text fz="sm" c="dimmed" mb="md">
        {t("rules.about")}
      </Text>
      <Loaded query={query}>{(kept) => <RulesForm rules={rulesOf(kept)} />}</Loaded>
    </Card>
  );
}

const rulesOf = ({ revision: _, ...rules }: Kept<NoticeRules>): NoticeRules => rules;

function RulesForm({ rules }: { rules: NoticeRules }) {
  const { t } = useTranslation(["notice", "common"]);
  const may = useMay("settings");
  const form = useForm({ initialValues: rules });
  const stored = useStored(form, rules);
  const save = useAct(
    (values: NoticeRules) => {
      const mine = stored.changes(values);
      return amend<NoticeRules>(
        () => queryClient.fetchQuery({ ...rulesQuery, staleTime: 0 }),
        (now) => ({ ...now, ...mine }),
        setRules,
      );
    },
    {
      form,
      done: t("common:saved"),
      stale: ["notice"],
      after: (kept, values) => stored.settle(values, rulesOf(kept)),
    },
  );
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <fieldset disabled={!may} style={{ border: 0, padding: 0, margin: 0 }}>
        <Stack gap="sm">
          {!may && (
            <Text fz="sm" c="dimmed">
              {t("rules.readOnly")}
            </Text>
          )}
          {RULES.map(({ key, unit, usual, least, most }) => {
            const value = form.values[key];
            const label = t(`rules.${key}`);
            return (
              <Group key={key} justify="space-between" gap="xs">
                <Switch
                  label={label}
                  flex="1 1 260px"
                  checked={value !== null}
                  onChange={(event) =>
                    form.setFieldValue(key, event.currentTarget.checked ? usual : null)
                  }
                />
                <NumberInput
                  aria-label={label}
                  suffix={` ${t(`rules.${unit}`)}`}
                  min={least}
                  max={most}
                  allowDecimal={false}
                  w={140}
                  disabled={value === null}
                  value={value ?? ""}
                  error={form.errors[key]}
                  onChange={(next) =>
                    form.setFieldValue(key, typeof next === "number" ? next : usual)
                  }
                />
              </Group>
            );
          })}
          <Switch
            label={t("rules.broadcast_held")}
            my={6}
            {...form.getInputProps("broadcast_held", { type: "checkbox" })}
          />
          {may && (
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                {t("common:save")}
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}
