/** When a page cannot be shown: what happened, what to do, and the number to tell support. */
import { Button, Code, Group, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import {
  IconCloudOff,
  IconLock,
  IconMapQuestion,
  IconMoodSad,
  IconRefresh,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Problem } from "../api/problem.ts";
import { sentenceOf } from "./problem.ts";

const LOOKS = {
  offline: IconCloudOff,
  newer: IconRefresh,
  forbidden: IconLock,
  not_found: IconMapQuestion,
  other: IconMoodSad,
} as const;

/** Trying again would change nothing. */
const SETTLED = new Set<string>(["not_found", "forbidden", "newer"]);

type Look = keyof typeof LOOKS;
const isLook = (code: string): code is Look => code in LOOKS;

export function ErrorView({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const { t } = useTranslation();
  const look: Look = isLook(problem.code) ? problem.code : "other";
  const Icon = LOOKS[look];
  return (
    <Stack align="center" py={64} px="md" gap="md" role="alert">
      <ThemeIcon size={56} radius="xl" variant="light" color={look === "other" ? "red" : "gray"}>
        <Icon size={30} />
      </ThemeIcon>
      <Title order={2} fz="lg" ta="center">
        {t(`error.${look}`)}
      </Title>
      <Text c="dimmed" ta="center" maw={460}>
        {look === "not_found" ? t("error.notFoundAbout") : sentenceOf(problem, t)}
      </Text>
      <Group gap="xs">
        {look === "newer" && <Button onClick={() => location.reload()}>{t("reload")}</Button>}
        {retry && !SETTLED.has(look) && <Button onClick={retry}>{t("retry")}</Button>}
        <Button variant="default" component={Link} to="/">
          {t("toHome")}
        </Button>
      </Group>
      {problem.requestId && (
        <Text fz="xs" c="dimmed">
          {t("error.number")} <Code>{problem.requestId}</Code>
        </Text>
      )}
    </Stack>
  );
}
