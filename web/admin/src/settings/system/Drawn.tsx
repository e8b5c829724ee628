/** What is compared is drawn: lanes beside each other, hours beside each other. */
import { Group, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Health, HealthAccount } from "../../api/types.ts";
import { number } from "../../i18n/time.ts";
import { AccountName } from "../../ui/AccountDot.tsx";
import { Part } from "../../ui/Part.tsx";
import { When } from "../../ui/When.tsx";
import { span } from "./sizes.ts";

export function Lanes({ health }: { health: Health }) {
  const { t } = useTranslation("settings");
  const most = Math.max(1, ...health.lanes.map((lane) => lane.count));
  return (
    <Part title={t("health.lanes")} about={t("health.lanesAbout")} gap="sm">
      {health.lanes.map((lane) => {
        const name = t(`health.lane.${lane.name as "tasks"}`);
        const age = lane.oldest_at === null ? null : span(health.at - lane.oldest_at);
        return (
          <div key={lane.name}>
            <Group justify="space-between" gap="xs">
              <Text fz="sm">{name}</Text>
              <Text fz="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
                {t("health.waiting", { n: number(lane.count) })}
                {age &&
                  ` · ${t("health.oldest", { age: t(`health.age.${age.unit}`, { n: age.n }) })}`}
              </Text>
            </Group>
            <Progress
              value={(lane.count / most) * 100}
              size="sm"
              aria-label={`${name} ${t("health.waiting", { n: number(lane.count) })}`}
            />
          </div>
        );
      })}
    </Part>
  );
}

export function Accounts({ health }: { health: Health }) {
  const { t } = useTranslation("settings");
  if (health.accounts.length === 0) return null;
  return (
    <Part title={t("health.accounts")} about={t("health.accountsAbout")} gap="lg">
      {health.accounts.map((account) => (
        <Account key={account.channel_id} account={account} />
      ))}
    </Part>
  );
}

function Account({ account }: { account: HealthAccount }) {
  const { t } = useTranslation("settings");
  const sum = account.received.reduce((a, b) => a + b, 0);
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={6}>
        <Text fz="sm" fw={600} component="div">
          <AccountName id={account.channel_id} always="always" />
        </Text>
        <Text fz="sm" c="dimmed">
          {!account.listens && t("health.notListening")}
          {account.listens && account.heard_at === null && t("health.neverHeard")}
          {account.heard_at !== null && (
            <>
              {t("health.lastHeard")} <When at={account.heard_at} form="short" />
            </>
          )}
        </Text>
      </Group>
      {account.listens && <Hours counts={account.received} sum={sum} />}
      {account.failures.length > 0 && (
        <Stack gap={4} mt="xs">
          <Text fz="xs" c="dimmed">
            {t("health.failures")}
          </Text>
          {account.failures.map((failure) => (
            <Text key={failure.at} fz="sm" style={{ overflowWrap: "anywhere" }}>
              <When at={failure.at} form="short" />{" "}
              {t("health.failure", {
                n: number(failure.recipients),
                status: failure.status ?? t("health.noAnswer"),
              })}{" "}
              <Text span c="dimmed" fz="xs">
                {failure.error}
              </Text>
            </Text>
          ))}
        </Stack>
      )}
    </div>
  );
}

const WIDTH = 24 * 10;
const HEIGHT = 40;

/** Twenty-four bars, the last one is this hour. */
function Hours({ counts, sum }: { counts: number[]; sum: number }) {
  const { t } = useTranslation("settings");
  const most = Math.max(1, ...counts);
  return (
    <figure style={{ margin: 0 }}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        width="100%"
        height={HEIGHT}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("health.hours", { n: number(sum), most: number(Math.max(...counts)) })}
      >
        {counts.map((count, hour) => {
          const tall = count === 0 ? 1 : Math.max(3, (count / most) * HEIGHT);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: an hour is its place
              key={hour}
              x={hour * 10 + 1}
              y={HEIGHT - tall}
              width={8}
              height={tall}
              rx={1}
              fill={
                count === 0
                  ? "var(--mantine-color-default-border)"
                  : "var(--mantine-color-pine-filled)"
              }
            />
          );
        })}
      </svg>
      <Group component="figcaption" justify="space-between">
        <Text fz="xs" c="dimmed">
          {t("health.dayAgo")}
        </Text>
        <Text fz="xs" c="dimmed">
          {t("health.hoursSum", { n: number(sum) })}
        </Text>
        <Text fz="xs" c="dimmed">
          {t("health.thisHour")}
        </Text>
      </Group>
    </figure>
  );
}
