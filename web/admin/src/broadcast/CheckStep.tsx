/** 確認: who, how many, what it costs, who will not get it and why; then the only button that sends. */
import { Alert, Button, Card, Grid, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastPreview } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { quotaOf } from "../channel/quota.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { Phone } from "../template/Preview.tsx";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useIntent } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { confirm, previewQuery } from "./api.ts";
import style from "./CheckStep.module.css";
import { costOf, durationOf, TYPED_FROM } from "./cost.ts";
import type { Plan } from "./plan.ts";
import { Reasons } from "./Reasons.tsx";
import { TestSend } from "./TestSend.tsx";

interface CheckStepProps {
  broadcast: Broadcast;
  plan: Plan;
  forget: () => void;
  edit: (step: number) => void;
}

export function CheckStep(props: CheckStepProps) {
  const query = useQuery(previewQuery(props.broadcast.id));
  return <Loaded query={query}>{(preview) => <Check {...props} preview={preview} />}</Loaded>;
}

function Check({
  broadcast,
  plan,
  forget,
  edit,
  preview,
}: CheckStepProps & { preview: BroadcastPreview }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const nobody = preview.recipients === 0;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack>
          <Card>
            <Stack gap="md">
              <Facts broadcast={broadcast} plan={plan} preview={preview} edit={edit} />
            </Stack>
          </Card>
          <Refusals preview={preview} />
          {nobody && (
            <Alert color="orange" icon={<IconAlertTriangle size={20} />}>
              {t("nobody")}
            </Alert>
          )}
          {preview.quota_after !== null && preview.quota_after < 0 && (
            <Alert color="red" icon={<IconAlertTriangle size={20} />}>
              {t("overQuota", { n: number(-preview.quota_after) })}
            </Alert>
          )}
          {preview.quiet_until !== null && <QuietNote until={preview.quiet_until} />}
          <Group justify="space-between" mt="md">
            <Button variant="default" onClick={() => edit(2)}>
              {t("common:back")}
            </Button>
            <Group>
              <TestSend id={broadcast.id} channel={broadcast.channel_id} />
              <SendButton broadcast={broadcast} plan={plan} preview={preview} forget={forget} />
            </Group>
          </Group>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Text fz="sm" fw={600} mb="xs" ta="center">
          {t("example")}
        </Text>
        {preview.example && (
          <Phone messages={preview.example} channel={broadcast.channel_id} height={480} />
        )}
        {!preview.example && <Alert color="gray">{t(nobody ? "noneToShow" : "noExample")}</Alert>}
      </Grid.Col>
    </Grid>
  );
}

function Facts({
  broadcast,
  plan,
  preview,
  edit,
}: Omit<CheckStepProps, "forget"> & { preview: BroadcastPreview }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  const duration = durationOf(preview.duration_ms);
  const careful = [
    plan.first_percent !== null ? t("firstShort", { n: plan.first_percent }) : "",
    plan.per_10min !== null ? t("paceShort", { n: number(plan.per_10min) }) : "",
    broadcast.not_after && plan.until
      ? t("untilShort", { at: dayAndTime(broadcast.not_after, zone) })
      : "",
  ].filter(Boolean);
  return (
    <>
      <Fact name={t("fact.from")}>
        <AccountName id={broadcast.channel_id} always="always" />
      </Fact>
      <Fact name={t("fact.to")} edit={() => edit(0)}>
        <Text span fz={26} fw={700} lh={1.2}>
          {t("common:unit.people", { n: number(preview.recipients) })}
        </Text>{" "}
        <Text span fz="sm" c="dimmed">
          {t(`target.${plan.target}`)} {t("ofAudience", { n: number(preview.audience) })}
        </Text>
      </Fact>
      <Fact name={t("fact.when")} edit={() => edit(2)}>
        {plan.when === "now" ? t("nowShort") : dayAndTime(broadcast.send_at, zone)}
        <Text fz="sm" c="dimmed">
          {t(`duration.${duration.unit}`, { n: duration.n })}
        </Text>
        {careful.map((line) => (
          <Text key={line} fz="sm">
            {line}
          </Text>
        ))}
      </Fact>
      <Fact name={t("fact.cost")}>
        <CostLine preview={preview} channel={broadcast.channel_id} />
      </Fact>
    </>
  );
}

function CostLine({ preview, channel }: { preview: BroadcastPreview; channel: string }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const account = useAccounts().byId(channel);
  const quota = account && quotaOf(account);
  const cost = costOf(preview);
  const open = quota?.asked && quota.limit === null;
  return (
    <>
      <Text fw={600}>{t("common:unit.messages", { n: number(preview.messages) })}</Text>
      <Text fz="sm" c="dimmed">
        {cost.kind === "within" && t("costWithin", { left: number(cost.left) })}
        {cost.kind === "unknown" && t(open ? "costOpen" : "costUnknown")}{" "}
        {preview.yen_at_most > 0 && t("yenAtMost", { yen: number(preview.yen_at_most) })}
      </Text>
    </>
  );
}

function Fact({ name, edit, children }: { name: string; edit?: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={style.fact}>
      <Text fz="sm" c="dimmed" className={style.name}>
        {name}
      </Text>
      <div className={style.body}>{children}</div>
      {edit && (
        <Button
          size="xs"
          variant="subtle"
          className={style.edit}
          onClick={edit}
          aria-label={`${name}: ${t("edit")}`}
        >
          {t("edit")}
        </Button>
      )}
    </div>
  );
}

function Refusals({ preview }: { preview: BroadcastPreview }) {
  const { t } = useTranslation("broadcast");
  const n = preview.audience - preview.recipients;
  if (n <= 0) return null;
  return (
    <Card>
      <Title order={2} fz="sm" mb="xs">
        {t("refusedTitle", { n: number(n) })}
      </Title>
      <Reasons reasons={preview.refused} />
    </Card>
  );
}

function QuietNote({ until }: { until: number }) {
  const { t } = useTranslation("broadcast");
  const zone = useZone();
  return <Alert color="blue">{t("quiet", { at: dayAndTime(until, zone) })}</Alert>;
}

function SendButton(props: Omit<CheckStepProps, "edit"> & { preview: BroadcastPreview }) {
  const { broadcast, plan, preview, forget } = props;
  const { t } = useTranslation(["broadcast", "common"]);
  const { byId } = useAccounts();
  const zone = useZone();
  const ask = useConfirm();
  const navigate = useNavigate();
  const intent = useIntent();
  const act = useAct(() => confirm(broadcast.id, intent.keyFor(broadcast)), {
    stale: ["broadcast"],
    after: async () => {
      forget();
      await navigate({ to: "/broadcasts/$id", params: { id: broadcast.id } });
    },
  });
  const account = byId(broadcast.channel_id)?.name ?? "";
  const now = plan.when === "now";
  const n = number(preview.recipients);
  const send = async () => {
    const yes = await ask({
      title: t(now ? "sendTitle" : "bookTitle"),
      body: t(now ? "sendBody" : "bookBody", {
        n,
        account,
        at: dayAndTime(broadcast.send_at, zone),
        messages: number(preview.messages),
      }),
      action: t(now ? "sendNow" : "book"),
      ...(preview.recipients >= TYPED_FROM
        ? { typed: { label: t("typeName"), word: account } }
        : {}),
    });
    if (yes) act.mutate();
  };
  return (
    <Button
      size="md"
      leftSection={<IconSend size={18} />}
      disabled={preview.recipients === 0}
      loading={act.isPending}
      onClick={send}
    >
      {t(now ? "sendTo" : "bookTo", { n })}
    </Button>
  );
}
