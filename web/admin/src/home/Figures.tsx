/** How the last days went, beside the days before. */
import { Alert, Card, Group, SegmentedControl, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Dashboard, Sums } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { number } from "../i18n/time.ts";
import { dashboardQuery } from "../insight/api.ts";
import { blockRate, changeOf, isBlank, signed } from "../insight/figures.ts";
import { Kinds } from "../insight/Kinds.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { useCode } from "../ui/useCode.ts";

const route = getRouteApi("/shell/");

/** What the address says; a month when it says nothing. */
export function usePeriod(): 7 | 30 | 90 {
  return route.useSearch().days ?? 30;
}

export function PeriodSwitch() {
  const { t } = useTranslation("home");
  const days = usePeriod();
  const navigate = route.useNavigate();
  const choose = (value: string) => {
    const search =
      value === "7" ? { days: 7 as const } : value === "90" ? { days: 90 as const } : {};
    void navigate({ search, resetScroll: false });
  };
  return (
    <SegmentedControl
      aria-label={t("period")}
      value={String(days)}
      onChange={choose}
      data={[7, 30, 90].map((n) => ({ value: String(n), label: t("days", { n }) }))}
    />
  );
}

export function Figures() {
  const { t } = useTranslation("home");
  const { channel } = useAccounts();
  const days = usePeriod();
  const query = useQuery(dashboardQuery(days, channel?.id));
  const charts = useCode("charts", () => import("./Charts.tsx"));
  return (
    <Loaded query={query} lines={6}>
      {(data) => (
        <Stack gap="md" aria-busy={query.isPlaceholderData}>
          {isBlank(data) ? (
            <Alert color="gray">{t("noneYet")}</Alert>
          ) : (
            <>
              <Tiles data={data} days={days} />
              <Notes data={data} />
              <Loaded query={charts} lines={6}>
                {({ default: Charts }) => <Charts days={data.days} />}
              </Loaded>
              <Kinds sums={data.total} title={t("kinds.title")} />
            </>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function Notes({ data }: { data: Dashboard }) {
  const { t } = useTranslation("home");
  const first = data.days[0]?.day ?? "";
  const young = data.counted_from !== null && data.counted_from > first;
  if (!young && data.total.imported === 0) return null;
  return (
    <Text fz="xs" c="dimmed" component="div">
      {young && <div>{t("since", { day: (data.counted_from ?? "").replaceAll("-", "/") })}</div>}
      {data.total.imported > 0 && <div>{t("imported", { n: number(data.total.imported) })}</div>}
    </Text>
  );
}

const sentOf = ({ sent }: Sums) => sent.paid + sent.free;
const lostOf = ({ sent }: Sums) => sent.failed + sent.unknown + sent.refused;

function Tiles({ data, days }: { data: Dashboard; days: number }) {
  const { t } = useTranslation(["home", "common"]);
  const { friends, total, previous } = data;
  const first = data.days.find((day) => day.friends !== null);
  const rate = blockRate(friends);
  const people = (n: number) => t("common:unit.people", { n: number(n) });
  const messages = (n: number) => t("common:unit.messages", { n: number(n) });
  const compare = (of: (sums: Sums) => number) =>
    previous ? { now: of(total), before: of(previous) } : undefined;
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Tile
        label={t("tile.valid")}
        against="beforeStart"
        value={people(friends.friends)}
        days={days}
        compared={
          first?.friends != null && first !== data.days.at(-1)
            ? { now: friends.friends, before: first.friends }
            : undefined
        }
      >
        {t("tile.validAbout", {
          all: number(friends.friends + friends.blocked),
          blocked: number(friends.blocked),
          rate: rate === undefined ? "–" : `${rate}%`,
        })}
      </Tile>
      <Tile
        label={t("tile.added")}
        value={people(total.added)}
        days={days}
        compared={compare((s) => s.added)}
      >
        {total.unblocked > 0 && t("tile.addedAbout", { n: number(total.unblocked) })}
      </Tile>
      <Tile
        label={t("tile.blocked")}
        value={people(total.blocked)}
        days={days}
        compared={compare((s) => s.blocked)}
      />
      <Tile
        label={t("tile.sent")}
        value={messages(sentOf(total))}
        days={days}
        compared={compare(sentOf)}
      >
        {total.sent.free > 0 && t("tile.sentAbout", { free: number(total.sent.free) })}
      </Tile>
      <Tile
        label={t("tile.clickers")}
        value={people(total.clickers)}
        days={days}
        compared={compare((s) => s.clickers)}
      >
        {total.clicks + total.visits > 0 &&
          t("tile.clickersAbout", { clicks: number(total.clicks), visits: number(total.visits) })}
      </Tile>
      <Tile
        label={t("tile.failed")}
        value={messages(lostOf(total))}
        days={days}
        compared={compare(lostOf)}
      >
        {lostOf(total) > 0 &&
          t("tile.failedAbout", {
            failed: number(total.sent.failed),
            unknown: number(total.sent.unknown),
            refused: number(total.sent.refused),
          })}
      </Tile>
    </SimpleGrid>
  );
}

interface TileProps {
  label: string;
  value: string;
  days: number;
  compared: { now: number; before: number } | undefined;
  /** What it is compared with: the days before, or the first of these days. */
  against?: "before" | "beforeStart";
  children?: ReactNode;
}

function Tile({ label, value, days, compared, against = "before", children }: TileProps) {
  const { t } = useTranslation("home");
  const change = compared && changeOf(compared.now, compared.before);
  return (
    <Card padding="sm">
      <Text fz="xs" c="dimmed" fw={600}>
        {label}
      </Text>
      <Text
        fz={{ base: 20, sm: 24 }}
        fw={700}
        lh={1.3}
        style={{ fontVariantNumeric: "tabular-nums" }}
      >
        {value}
      </Text>
      <Group gap={6}>
        {change !== undefined && (
          <Text fz="xs" fw={700}>
            {signed(change)}
          </Text>
        )}
        <Text fz="xs" c="dimmed">
          {compared ? t(against, { n: days, value: number(compared.before) }) : t("noBefore")}
        </Text>
      </Group>
      {children && (
        <Text fz="xs" c="dimmed" mt={4}>
          {children}
        </Text>
      )}
    </Card>
  );
}
