/** はじめに on the home page: how far, and what comes next; until it is finished or put away. */
import { Button, Card, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { leftOf, STEPS, startQuery, stateOf } from "./api.ts";

export function StartCard() {
  const { t } = useTranslation("start");
  const may = useMay("settings");
  const { data } = useQuery({ ...startQuery, enabled: may });
  const open = data?.channels.filter((start) => leftOf(start).length > 0) ?? [];
  if (!may || !data || data.put_away || open.length === 0) return null;
  return (
    <Card mb="md">
      <Title order={2} fz="md" mb="sm">
        {t("title")}
      </Title>
      <Stack gap="md">
        {open.map((start) => {
          const left = leftOf(start);
          const all = STEPS.filter((step) => stateOf(step, start) !== "optional").length;
          const [next] = left;
          return (
            <Group key={start.channel_id} justify="space-between" gap="sm">
              <Stack gap={4} flex="1 1 260px">
                <Group gap="sm">
                  <AccountName id={start.channel_id} />
                  <Text fz="sm">{t("progress", { done: all - left.length, all })}</Text>
                </Group>
                <Progress value={((all - left.length) / all) * 100} aria-label={t("title")} />
                {next && (
                  <Text fz="sm" c="dimmed">
                    {t("next", { step: t(`step.${next}`) })}
                  </Text>
                )}
              </Stack>
              <Button component={Link} to={`/start?account=${start.channel_id}`}>
                {t("go")}
              </Button>
            </Group>
          );
        })}
      </Stack>
    </Card>
  );
}
