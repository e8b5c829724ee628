/** The days drawn. Apart from the page, since drawing takes more code than all the rest of it. */
import "@mantine/charts/styles.css";
import { AreaChart, BarChart } from "@mantine/charts";
import { Button, Card, Group, ScrollArea, SimpleGrid, Table, Title } from "@mantine/core";
import { IconChartBar, IconTable } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DayFigures, SendKind } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { shortDay } from "../insight/figures.ts";

const KINDS: [SendKind, string][] = [
  ["broadcast", "pine.7"],
  ["journey", "blue.6"],
  ["rule", "yellow.6"],
  ["chat", "grape.5"],
  ["other", "gray.6"],
];
const HEIGHT = 220;

type Row = { day: string } & Record<string, number | string | null>;
interface Series {
  name: string;
  label: string;
  color: string;
}

export default function Charts({ days }: { days: DayFigures[] }) {
  const { t } = useTranslation("home");
  const kinds = KINDS.filter(([kind]) =>
    days.some((day) => day.sums?.by_kind.some((one) => one.kind === kind)),
  );
  const rows: Row[] = days.map(({ day, friends, sums }) => ({
    day,
    valid: friends,
    added: sums ? sums.added : null,
    blocked: sums ? sums.blocked : null,
    clickers: sums ? sums.clickers : null,
    ...Object.fromEntries(
      kinds.map(([kind]) => {
        const sent = sums?.by_kind.find((one) => one.kind === kind)?.sent;
        return [kind, sums ? (sent?.paid ?? 0) + (sent?.free ?? 0) : null];
      }),
    ),
  }));
  const common = {
    h: HEIGHT,
    data: rows,
    dataKey: "day",
    valueFormatter: number,
    tickLine: "none" as const,
    xAxisProps: { tickFormatter: shortDay, minTickGap: 24 },
    yAxisProps: { allowDecimals: false, width: 48 },
  };
  const valid = { name: "valid", label: t("tile.valid"), color: "pine.7" };
  const moves = [
    { name: "added", label: t("tile.added"), color: "pine.6" },
    { name: "blocked", label: t("tile.blocked"), color: "orange.7" },
  ];
  const sent = kinds.map(([kind, color]) => ({ name: kind, label: t(`kind.${kind}`), color }));
  const clicks = [{ name: "clickers", label: t("tile.clickers"), color: "blue.6" }];
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <Chart title={t("chart.valid")} rows={rows} series={[valid]}>
        <AreaChart
          {...common}
          series={[valid]}
          withDots={false}
          curveType="monotone"
          connectNulls={false}
          yAxisProps={{ allowDecimals: false, width: 56, domain: ["auto", "auto"] }}
        />
      </Chart>
      <Chart title={t("chart.moves")} rows={rows} series={moves}>
        <BarChart {...common} series={moves} withLegend />
      </Chart>
      <Chart title={t("chart.sent")} rows={rows} series={sent}>
        <BarChart {...common} type="stacked" series={sent} withLegend />
      </Chart>
      <Chart title={t("chart.clicks")} rows={rows} series={clicks}>
        <BarChart {...common} series={clicks} />
      </Chart>
    </SimpleGrid>
  );
}

interface ChartProps {
  title: string;
  rows: Row[];
  series: Series[];
  children: ReactNode;
}

/** A drawing, and the same as a table for whoever cannot see it or wants it exactly. */
function Chart({ title, rows, series, children }: ChartProps) {
  const { t } = useTranslation("home");
  const [table, setTable] = useState(false);
  const [from, to] = [rows[0]?.day ?? "", rows.at(-1)?.day ?? ""];
  return (
    <Card>
      <Group justify="space-between" mb="sm" wrap="nowrap">
        <Title order={2} fz="md">
          {title}
        </Title>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={table ? <IconChartBar size={15} /> : <IconTable size={15} />}
          onClick={() => setTable(!table)}
        >
          {t(table ? "chart.chart" : "chart.table")}
        </Button>
      </Group>
      {table ? (
        <Numbers title={title} rows={rows} series={series} />
      ) : (
        <div role="img" aria-label={t("chart.summary", { title, from, to })}>
          {children}
        </div>
      )}
    </Card>
  );
}

function Numbers({ title, rows, series }: Omit<ChartProps, "children">) {
  const { t } = useTranslation("home");
  return (
    <ScrollArea h={HEIGHT} viewportProps={{ tabIndex: 0, role: "region", "aria-label": title }}>
      <Table stickyHeader verticalSpacing={4} fz="sm" aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("chart.day")}</Table.Th>
            {series.map((one) => (
              <Table.Th key={one.name} ta="end">
                {one.label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.toReversed().map((row) => (
            <Table.Tr key={row.day}>
              <Table.Td>{row.day.replaceAll("-", "/")}</Table.Td>
              {series.map(({ name }) => {
                const value = row[name];
                return (
                  <Table.Td key={name} ta="end" style={{ fontVariantNumeric: "tabular-nums" }}>
                    {typeof value === "number" ? number(value) : "–"}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
