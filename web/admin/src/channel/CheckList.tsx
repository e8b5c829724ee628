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
import { useConfirm } from "../ui/confirm.tsx";
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
            {may && channel.mode === "full" && (
              <Webhook channel={channel} probe={probe} after={() => void query.refetch()} />
            )}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

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

/** Our address at LINE: never without asking, because another tool may be living there. */
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
  const confirm = useConfirm();
  const [result, setResult] = useState<Probe["webhook"]["test"]>(null);
  const act = useAct(() => setWebhook(channel.id), {
    after: (out) => {
      setResult(out.webhook.test);
      after();
    },
  });
  const other = probe && !probe.webhook.is_ours ? probe.webhook.endpoint : null;
  const ask = async () => {
    const yes =
      other === null ||
      (await confirm({
        title: t("switchTitle"),
        body: (
          <Stack gap="xs">
            <Text>{t("switchAbout")}</Text>
            <Text fz="sm" style={{ overflowWrap: "anywhere" }}>
              {t("switchNow")} {other}
            </Text>
          </Stack>
        ),
        action: t("switch"),
      }));
    if (yes) act.mutate();
  };
  return (
    <Stack gap="sm">
      <Group>
        <Button
          variant={probe?.webhook.is_ours ? "default" : "filled"}
          leftSection={<IconWebhook size={17} />}
          loading={act.isPending}
          onClick={ask}
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
