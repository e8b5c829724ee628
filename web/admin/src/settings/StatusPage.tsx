import { Alert, Button, Card, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Health, Parked } from "../api/types.ts";
import { useMay, useMe } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { Part } from "../ui/Part.tsx";
import { When } from "../ui/When.tsx";
import { healthQuery, parkedQuery, replay, replayAll } from "./api.ts";
import { Accounts, Lanes } from "./system/Drawn.tsx";
import { Signs } from "./system/Signs.tsx";
import { bytes } from "./system/sizes.ts";

export default function StatusPage() {
  const { t } = useTranslation("settings");
  const query = useQuery(healthQuery);
  return (
    <Page title={t("status.title")} about={t("status.about")} width="read">
      <Loaded query={query}>
        {(health) => (
          <Stack>
            <Overall health={health} />
            {health.signs.some((sign) => sign.topic === "parked" && sign.light === "bad") && (
              <ParkedCard />
            )}
            <Signs health={health} />
            <Lanes health={health} />
            <Accounts health={health} />
            <Machine health={health} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

const LOOKS = { bad: "red", care: "yellow", good: "pine", unknown: "gray" } as const;

function Overall({ health }: { health: Health }) {
  const { t } = useTranslation("settings");
  const worst = health.signs.find(({ light }) => light !== "unknown")?.light ?? "unknown";
  const concerned = health.signs.filter(({ light }) => light === "bad" || light === "care").length;
  return (
    <Alert
      color={LOOKS[worst]}
      icon={worst === "good" ? <IconCircleCheck size={20} /> : <IconAlertTriangle size={20} />}
      title={t(`health.overall.${worst}`)}
    >
      {concerned > 0
        ? t("health.overallMany", { n: concerned })
        : t(worst === "unknown" ? "health.overallUnknown" : "health.overallNone")}
    </Alert>
  );
}

function Machine({ health }: { health: Health }) {
  const { t } = useTranslation("settings");
  const me = useMe();
  const size = (n: number | null) => (n === null ? t("health.unknown") : bytes(n));
  const facts = [
    [t("health.machine.version"), me.version],
    [
      t("health.machine.store"),
      t(`health.machine.${health.store === "sqlite" ? "sqlite" : "postgres"}`),
    ],
    [t("health.machine.database"), size(health.database_bytes)],
    ...(health.log_bytes === null ? [] : [[t("health.machine.log"), size(health.log_bytes)]]),
    [t("health.machine.disk"), size(health.disk_free)],
    [t("health.machine.zone"), me.workspace.zone],
  ];
  return (
    <Part title={t("health.machineTitle")}>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text fz="xs" c="dimmed">
              {name}
            </Text>
            <Text fz="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
              {value}
            </Text>
          </div>
        ))}
        <div>
          <Text fz="xs" c="dimmed">
            {t("status.clock")}
          </Text>
          <Text fz="sm" fw={600}>
            <When at={health.at} />
          </Text>
        </div>
        <div>
          <Text fz="xs" c="dimmed">
            {t("health.machine.nodes", { n: health.nodes.length })}
          </Text>
          {health.nodes.map((node) => (
            <Text key={node.id} fz="sm" fw={600}>
              {t(node.here ? "health.nodeHere" : "health.node", {
                id: node.id.slice(0, 8),
                n: node.shards,
              })}
            </Text>
          ))}
        </div>
      </SimpleGrid>
    </Part>
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
