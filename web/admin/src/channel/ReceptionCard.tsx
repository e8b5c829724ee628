/** 送信のみ, 並走, 切替: where customers' messages go. Nothing is changed at LINE before somebody chose it. */
import { Alert, Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowBackUp, IconListDetails } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel, ChannelMode, Probe } from "../api/types.ts";
import { rulesQuery } from "../rule/api.ts";
import { sayDone, useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { Waiting } from "../ui/Loaded.tsx";
import { checkQuery, restoreWebhook, setWebhook } from "./api.ts";

const WAYS = ["send_only", "parallel", "full"] as const satisfies ChannelMode[];

export function Reception({ channel }: { channel: Channel }) {
  const query = useQuery(checkQuery(channel.id));
  if (query.isPending) return <Waiting lines={3} />;
  return (
    <Choice
      key={`${channel.mode} ${query.data?.probe?.webhook.endpoint}`}
      channel={channel}
      probe={query.data?.probe ?? null}
      after={() => void query.refetch()}
    />
  );
}

function Choice(props: { channel: Channel; probe: Probe | null; after: () => void }) {
  const { channel, probe, after } = props;
  const { t } = useTranslation("channel");
  const confirm = useConfirm();
  const [mode, setMode] = useState<ChannelMode>(channel.mode);
  const other = probe && !probe.webhook.is_ours ? probe.webhook.endpoint : null;
  const before = other ?? channel.previous_webhook;
  const [forward, setForward] = useState(channel.forward_url ?? before ?? "");
  const [wrong, setWrong] = useState("");
  const [failed, setFailed] = useState<Probe>();
  const act = useAct(
    () => setWebhook(channel.id, mode === "parallel" ? { mode, forward_url: forward } : { mode }),
    {
      stale: ["channel", "start"],
      after: (out) => {
        setFailed(out.changed ? undefined : out.probe);
        if (out.changed) sayDone(t("reception.chosen"));
        after();
      },
      otherwise: (problem) => {
        const field = problem.fields.find(({ path }) => path === "forward_url");
        setWrong(field?.message ?? "");
        return field !== undefined;
      },
    },
  );
  const restore = useAct(() => restoreWebhook(channel.id), {
    done: t("reception.restored"),
    stale: ["channel", "start"],
    after,
  });
  const ask = async () => {
    setWrong("");
    const question = questionOf(mode, probe, forward, before);
    const yes =
      !question ||
      (await confirm({
        title: t(question.title),
        body: (
          <Stack gap="xs">
            <Text>{t(question.body)}</Text>
            <Text fz="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
              {question.address}
            </Text>
            <Text fz="sm" c="dimmed">
              {t("reception.back")}
            </Text>
          </Stack>
        ),
        action: t(question.action),
      }));
    if (yes) act.mutate();
  };
  const canRestore = channel.previous_webhook !== null && probe?.webhook.is_ours === true;
  return (
    <Stack>
      <Now probe={probe} />
      <Radio.Group
        label={t("reception.title")}
        description={t("reception.about")}
        value={mode}
        onChange={(next) => setMode(next as ChannelMode)}
      >
        <Stack gap="md" mt="sm">
          {WAYS.map((way) => (
            <Radio
              key={way}
              value={way}
              label={
                <Text component="span" fz="sm" fw={600}>
                  {t(`reception.${way}`)}
                </Text>
              }
              description={t(`reception.${way}About`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      {mode === "parallel" && (
        <Stack gap="sm" pl={{ base: 0, sm: 32 }}>
          <TextInput
            label={t("reception.forward")}
            description={t("reception.forwardHint")}
            type="url"
            required
            value={forward}
            error={wrong || undefined}
            onChange={(event) => setForward(event.currentTarget.value)}
          />
          <Double channel={channel} />
        </Stack>
      )}
      <Group>
        <Button loading={act.isPending} onClick={ask}>
          {t(
            mode === channel.mode && channel.reception_at !== null
              ? "reception.again"
              : "reception.apply",
          )}
        </Button>
        {canRestore && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={17} />}
            loading={restore.isPending}
            onClick={() => restore.mutate()}
          >
            {t("reception.restore")}
          </Button>
        )}
        {channel.forward_url && (
          <Button
            variant="subtle"
            component={Link}
            to={`/channels/${channel.id}/forwards`}
            leftSection={<IconListDetails size={17} />}
          >
            {t("reception.log")}
          </Button>
        )}
      </Group>
      {canRestore && (
        <Text fz="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {t("reception.restoreAbout")} {channel.previous_webhook}
        </Text>
      )}
      {failed && <Failed probe={failed} />}
    </Stack>
  );
}

/** Only what changes something at LINE is asked about. */
function questionOf(
  mode: ChannelMode,
  probe: Probe | null,
  forward: string,
  before: string | null,
) {
  const ours = probe?.webhook.is_ours === true;
  if (mode === "parallel" && !ours)
    return {
      title: "reception.askParallel",
      body: "reception.askParallelBody",
      action: "reception.start",
      address: forward,
    } as const;
  if (mode === "full" && before !== null)
    return {
      title: "reception.askFull",
      body: "reception.askFullBody",
      action: "reception.switch",
      address: before,
    } as const;
  if (mode === "send_only" && ours && before !== null)
    return {
      title: "reception.askSendOnly",
      body: "reception.askSendOnlyBody",
      action: "reception.restore",
      address: before,
    } as const;
  return undefined;
}

function Now({ probe }: { probe: Probe | null }) {
  const { t } = useTranslation("channel");
  const words = () => {
    if (!probe) return t("reception.nowUnknown");
    if (probe.webhook.is_ours) return t("reception.nowOurs");
    return probe.webhook.endpoint ?? t("reception.nowNone");
  };
  return (
    <div>
      <Text fz="sm" c="dimmed">
        {t("reception.now")}
      </Text>
      <Text fz="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        {words()}
      </Text>
    </div>
  );
}

/** Two tools that both answer: said before it happens. */
function Double({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  const { data } = useQuery(rulesQuery);
  const here = data?.items.filter(
    (rule) => rule.enabled && (rule.channel_id === null || rule.channel_id === channel.id),
  );
  if (!here || here.length === 0) return null;
  return <Alert color="yellow">{t("reception.double", { n: here.length })}</Alert>;
}

/** LINE could not reach us: why, in its own words. */
function Failed({ probe }: { probe: Probe }) {
  const { t } = useTranslation("channel");
  const { test } = probe.webhook;
  const reason = test ? `${test.reason} ${test.detail}`.trim() : "";
  return (
    <Alert color="red" role="alert" title={t("reception.failed")}>
      {reason && t("reception.failedWhy", { reason })}
    </Alert>
  );
}
