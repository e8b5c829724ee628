/** What a person sees before anything leaves: the sender and the second person see the same. */
import { Alert, Button, Card, Grid, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastPreview } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { quotaOf } from "../channel/quota.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import style from "./CheckView.module.css";
import { costOf, durationOf } from "./cost.ts";
import { Overlaps } from "./Overlaps.tsx";
import type { Plan } from "./plan.ts";
import { Reasons } from "./Reasons.tsx";
import { Samples } from "./Samples.tsx";

interface CheckViewProps {
  broadcast: Broadcast;
  plan: Plan;
  preview: BroadcastPreview;
  /** Back to a step; none where nothing can be changed. */
  edit?: (step: number) => unknown;
  /** Above everything. */
  head?: ReactNode;
  /** The checks' own card. */
  checks: ReactNode;
  /** The way on. */
  children: ReactNode;
}

export function CheckView(props: CheckViewProps) {
  const { broadcast, plan, preview, edit, head, checks, children } = props;
  const { t } = useTranslation("broadcast");
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack>
          {head}
          <Card>
            <Stack gap="md">
              <Facts
                broadcast={broadcast}
                plan={plan}
                preview={preview}
                {...(edit ? { edit } : {})}
              />
            </Stack>
          </Card>
          {checks}
          <Refusals preview={preview} />
          <Overlaps overlaps={preview.overlaps} />
          {preview.recipients === 0 && (
            <Alert color="orange" icon={<IconAlertTriangle size={20} />}>
              {t("nobody")}
            </Alert>
          )}
          {preview.quota_after !== null && preview.quota_after < 0 && (
            <Alert color="red" icon={<IconAlertTriangle size={20} />}>
              {t("overQuota", { n: number(-preview.quota_after) })}
            </Alert>
          )}
          {preview.budget_after !== null && preview.budget_after < 0 && (
            <Alert color="red" icon={<IconAlertTriangle size={20} />}>
              {t("overBudget", { yen: number(-preview.budget_after) })}
            </Alert>
          )}
          {preview.quiet_until !== null && <QuietNote until={preview.quiet_until} />}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Samples broadcast={broadcast} preview={preview} />
      </Grid.Col>
      {/* On a phone the messages stand before the button that sends them. */}
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack>{children}</Stack>
      </Grid.Col>
    </Grid>
  );
}

function Facts({
  broadcast,
  plan,
  preview,
  edit,
}: Pick<CheckViewProps, "broadcast" | "plan" | "preview" | "edit">) {
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
      <Fact name={t("fact.to")} {...(edit ? { edit: () => edit(0) } : {})}>
        <Text span fz={26} fw={700} lh={1.2}>
          {t("common:unit.people", { n: number(preview.recipients) })}
        </Text>{" "}
        <Text span fz="sm" c="dimmed">
          {t(`target.${plan.target}`)} {t("ofAudience", { n: number(preview.audience) })}
        </Text>
      </Fact>
      <Fact name={t("fact.when")} {...(edit ? { edit: () => edit(2) } : {})}>
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
