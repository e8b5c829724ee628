/** Asks LINE how the account is set, and says what to do about it. */
import { Alert, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconRefresh,
  IconWebhook,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel, Check, Probe } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { checkQuery, setWebhook } from "./api.ts";

const SIGNS = {
  ok: <IconCircleCheck size={20} color="var(--mantine-color-pine-7)" />,
  warn: <IconAlertTriangle size={20} color="var(--mantine-color-orange-7)" />,
  error: <IconCircleX size={20} color="var(--mantine-color-red-7)" />,
};

export function CheckList({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  const query = useQuery(checkQuery(channel.id));
  const may = useMay("settings");
  return (
    <Card>
      <Group justify="space-between" mb="sm">
        <Title order={2} fz="md">
          {t("checks")}
        </Title>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} />}
          loading={query.isFetching}
          onClick={() => void query.refetch()}
        >
          {t("checkAgain")}
        </Button>
      </Group>
      <Loaded query={query}>
        {({ checks, probe }) => (
          <Stack gap="sm">
            {checks.map((check) => (
              <Line key={check.id} check={check} />
            ))}
            {may && channel.mode !== "send_only" && isFree(probe) && (
              <Webhook channel={channel} probe={probe} after={() => void query.refetch()} />
            )}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

/** Nobody else receives there. */
const isFree = (probe: Probe | null) =>
  probe === null || probe.webhook.is_ours || probe.webhook.endpoint === null;

function Line({ check }: { check: Check }) {
  const { t } = useTranslation("channel");
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <span
        role="img"
        aria-label={t(`level.${check.level}`)}
        style={{ flex: "none", display: "flex" }}
      >
        {SIGNS[check.level]}
      </span>
      <div>
        <Text fz="sm" fw={600}>
          {check.title}
        </Text>
        {check.advice && (
          <Text fz="sm" c="dimmed">
            {check.advice}
          </Text>
        )}
      </div>
    </Group>
  );
}

/** Our address at LINE, tried. Where another tool lives it is the choice of receiving that decides. */
function Webhook({
  channel,
  probe,
  after,
}: {
  channel: Channel;
  probe: Probe | null;
  after: () => void;
}) {
  const { t } = useTranslation("channel");
  const [result, setResult] = useState<Probe["webhook"]["test"]>(null);
  const { mode, forward_url } = channel;
  const wish = mode === "parallel" ? { mode, forward_url } : { mode };
  const act = useAct(() => setWebhook(channel.id, wish), {
    stale: ["channel", "start"],
    after: (out) => {
      setResult(out.probe.webhook.test);
      after();
    },
  });
  return (
    <Stack gap="sm">
      <Group>
        <Button
          variant={probe?.webhook.is_ours ? "default" : "filled"}
          leftSection={<IconWebhook size={17} />}
          loading={act.isPending}
          onClick={() => act.mutate()}
        >
          {t(probe?.webhook.is_ours ? "testWebhook" : "setWebhook")}
        </Button>
      </Group>
      {result && (
        <Alert color={result.success ? "pine" : "red"} role="status">
          {result.success
            ? t("webhookWorks")
            : t("webhookFails", { reason: `${result.reason} ${result.detail}`.trim() })}
        </Alert>
      )}
    </Stack>
  );
}
