import { Alert, Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Parked, Status } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { useMay, useMe } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { parkedQuery, replay, replayAll, statusQuery } from "./api.ts";

const FIGURES = ["pending_events", "due", "queued", "in_flight"] as const;

export default function StatusPage() {
  const { t } = useTranslation("settings");
  const me = useMe();
  const query = useQuery(statusQuery);
  return (
    <Page title={t("status.title")} about={t("status.about")} width="read">
      <Loaded query={query}>
        {(status) => (
          <Stack>
            <Figures status={status} />
            {status.parked > 0 && <ParkedCard />}
            <Card>
              <Text fz="sm">
                {t("status.clock")} <When at={status.clock} />
              </Text>
              <Text fz="sm" c="dimmed">
                {t("status.zone", { zone: me.workspace.zone })} /{" "}
                {t("status.version", { version: me.version })}
              </Text>
            </Card>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Figures({ status }: { status: Status }) {
  const { t } = useTranslation("settings");
  return (
    <Stack>
      <Alert
        color={status.parked > 0 ? "orange" : "pine"}
        icon={status.parked === 0 ? <IconCircleCheck size={20} /> : undefined}
        title={t(
          status.parked > 0 ? "status.attention" : status.idle ? "status.idle" : "status.busy",
        )}
      >
        {t(status.parked > 0 ? "status.attentionAbout" : "status.fine", {
          n: number(status.parked),
        })}
      </Alert>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {FIGURES.map((key) => (
          <Card key={key} padding="sm">
            <Text fz="xs" c="dimmed">
              {t(`status.${key}`)}
            </Text>
            <Text fz={22} fw={700} style={{ fontVariantNumeric: "tabular-nums" }}>
              {number(status[key])}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function ParkedCard() {
  const { t } = useTranslation("settings");
  const query = useQuery(parkedQuery);
  const may = useMay("send_broadcast");
  const all = useAct(replayAll, { done: t("status.replayed"), stale: ["parked", "status"] });
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Title order={2} fz="md">
          {t("status.parkedTitle")}
        </Title>
        {may && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={all.isPending}
            onClick={() => all.mutate()}
          >
            {t("status.replayAll")}
          </Button>
        )}
      </Group>
      <Loaded query={query}>
        {({ items }) => (
          <Stack gap="sm">
            {items.map((one) => (
              <ParkedLine key={one.id} parked={one} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function ParkedLine({ parked }: { parked: Parked }) {
  const { t } = useTranslation("settings");
  const may = useMay("send_broadcast");
  const act = useAct(() => replay(parked.id), {
    done: t("status.replayed"),
    stale: ["parked", "status"],
  });
  return (
    <Group justify="space-between" gap="xs">
      <div style={{ minWidth: 0, flex: "1 1 240px" }}>
        <Text fz="sm">{parked.error}</Text>
        <Text fz="xs" c="dimmed">
          <When at={parked.parked_at} />{" "}
          <Link to="/contacts/$id" params={{ id: parked.contact_id }}>
            {t("status.toContact")}
          </Link>
        </Text>
      </div>
      {may && (
        <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate()}>
          {t("status.replay")}
        </Button>
      )}
    </Group>
  );
}
