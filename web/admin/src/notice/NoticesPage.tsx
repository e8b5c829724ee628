/** お知らせ: what is told, whom, and what was told. */
import { Badge, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Notice } from "../api/types.ts";
import { dayAndTime } from "../i18n/time.ts";
import { useMay, useZone } from "../session/api.ts";
import { Waiting } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { noticesQuery, targetsQuery } from "./api.ts";
import { RulesCard } from "./RulesCard.tsx";
import { placeOf, useSay } from "./say.ts";
import { TargetsCard } from "./TargetsCard.tsx";

export default function NoticesPage() {
  const { t } = useTranslation("notice");
  const may = useMay("settings");
  return (
    <Page title={t("title")} about={t("about")} width="read">
      <Stack>
        {may && <TargetsCard />}
        <RulesCard />
        <Log />
      </Stack>
    </Page>
  );
}

function Log() {
  const { t } = useTranslation("notice");
  const query = useInfiniteQuery(noticesQuery);
  const items = query.data?.pages.flatMap((page) => page.items);
  return (
    <Card>
      <Title order={2} fz="md" mb="sm">
        {t("log.title")}
      </Title>
      {!items && <Waiting lines={3} />}
      {items?.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t("log.none")}
        </Text>
      )}
      <Stack gap="md">
        {items?.map((notice) => (
          <Line key={notice.id} notice={notice} />
        ))}
      </Stack>
      <More list={query} />
    </Card>
  );
}

function Line({ notice }: { notice: Notice }) {
  const { t } = useTranslation("notice");
  const zone = useZone();
  const say = useSay();
  const may = useMay("settings");
  const { data } = useQuery({ ...targetsQuery, enabled: may });
  const nameOf = (id: string) =>
    data?.items.find((target) => target.id === id)?.name ?? t("log.gone");
  const { began_at, over_at, told } = notice;
  return (
    <div>
      <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
        <Text component={Link} to={placeOf(notice)} fz="sm" fw={600} c="var(--mantine-color-text)">
          {say(notice)}
        </Text>
        <Badge color={over_at === null ? "orange" : "gray"} style={{ flex: "none" }}>
          {t(over_at === null ? "log.going" : "log.over")}
        </Badge>
      </Group>
      <Text fz="xs" c="dimmed">
        {over_at === null
          ? t("since", { when: dayAndTime(began_at, zone) })
          : t("span", { from: dayAndTime(began_at, zone), to: dayAndTime(over_at, zone) })}
      </Text>
      {told.length === 0 ? (
        <Text fz="xs" c="dimmed">
          {t("log.nobody")}
        </Text>
      ) : (
        told.map(({ target_id, state, error }) => (
          <Text
            key={target_id}
            fz="xs"
            c={state === "failed" ? "var(--mantine-color-error)" : "dimmed"}
          >
            {may ? `${nameOf(target_id)}: ` : ""}
            {t(`told.${state}`)}
            {error && ` – ${error}`}
          </Text>
        ))
      )}
    </div>
  );
}
