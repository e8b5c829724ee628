/** What a scenario did: people by state, and the way they took from step to step. */
import {
  Card,
  Group,
  Progress,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Journey, JourneyFigures } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { figuresQuery, versionQuery, versionsQuery } from "./api.ts";
import { useStepSentence } from "./useStepSentence.ts";

export interface Period {
  days: number;
  version: string | undefined;
}

const DAYS = [7, 30, 90, 365];
const ALL = "all";

export function usePeriod() {
  return useState<Period>({ days: 30, version: undefined });
}

interface PeriodFieldsProps {
  journey: Journey;
  period: Period;
  onChange: (period: Period) => void;
}

export function PeriodFields({ journey, period, onChange }: PeriodFieldsProps) {
  const { t } = useTranslation("journey");
  const { data: versions } = useQuery(versionsQuery(journey.id));
  return (
    <Group gap="xs">
      <Select
        aria-label={t("result.period")}
        w={130}
        allowDeselect={false}
        data={DAYS.map((n) => ({ value: String(n), label: t("result.days", { n }) }))}
        value={String(period.days)}
        onChange={(days) => onChange({ ...period, days: Number(days) })}
      />
      <Select
        aria-label={t("result.version")}
        w={150}
        allowDeselect={false}
        data={[
          { value: ALL, label: t("result.allVersions") },
          ...(versions?.items.map(({ id, number }) => ({
            value: id,
            label: t("version.n", { n: number }),
          })) ?? []),
        ]}
        value={period.version ?? ALL}
        onChange={(version) =>
          onChange({ ...period, version: version === ALL || !version ? undefined : version })
        }
      />
    </Group>
  );
}

export function Results({ journey, period, onChange }: PeriodFieldsProps) {
  const query = useQuery(figuresQuery(journey.id, period));
  return (
    <Stack>
      <PeriodFields journey={journey} period={period} onChange={onChange} />
      <Loaded query={query}>
        {(figures) => (
          <>
            <People figures={figures} />
            <Funnel journey={journey} figures={figures} version={period.version} />
          </>
        )}
      </Loaded>
    </Stack>
  );
}

const STATES = ["active", "goal", "done", "exited", "failed"] as const;

export function People({ figures }: { figures: JourneyFigures }) {
  const { t } = useTranslation("journey");
  return (
    <Card>
      <Title order={2} fz="md" mb="sm">
        {t("figures")}
      </Title>
      <SimpleGrid cols={{ base: 3, sm: 5 }} spacing="xs">
        {STATES.map((key) => (
          <div key={key}>
            <Text fz="xs" c="dimmed">
              {t(`figure.${key}`)}
            </Text>
            <Text fw={700} fz="lg" style={{ fontVariantNumeric: "tabular-nums" }}>
              {number(figures[key])}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Card>
  );
}

interface FunnelProps {
  journey: Journey;
  figures: JourneyFigures;
  version: string | undefined;
}

const NOTHING = {
  here: 0,
  ended: 0,
  came: 0,
  sent: 0,
  open: 0,
  refused: 0,
  failed: 0,
  clicked: null,
};

/** Steps in the order of the list, each with how many of those who came first came so far. */
function Funnel({ journey, figures, version }: FunnelProps) {
  const { t } = useTranslation(["journey", "common"]);
  const old = useQuery({
    ...versionQuery(journey.id, version ?? ""),
    enabled: version !== undefined,
  });
  const { nodes } = old.data ?? journey.graph;
  const sentence = useStepSentence(nodes);
  const rows = nodes.map((node) => ({ node, ...(figures.nodes[node.id] ?? NOTHING) }));
  const most = Math.max(1, ...rows.map((row) => row.came));
  const ofMessage = (kind: string, n: number) => (kind === "message" ? number(n) : "");
  return (
    <Card>
      <Title order={2} fz="md" mb={4}>
        {t("result.funnel")}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t("result.funnelAbout")}
      </Text>
      <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing="xs" style={{ fontVariantNumeric: "tabular-nums" }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("steps")}</Table.Th>
              <Table.Th w="26%">{t("result.came")}</Table.Th>
              {(["here", "sent", "open", "refused", "failed", "clicked"] as const).map((key) => (
                <Table.Th key={key} ta="right">
                  {t(`result.${key}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, n) => (
              <Table.Tr key={row.node.id}>
                <Table.Td>
                  <Text fz="xs" c="dimmed">
                    {t("stepN", { n: n + 1 })} {t(`step.${row.node.do}`)}
                  </Text>
                  <Text fz="sm">{sentence(row.node)}</Text>
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <Progress
                      value={(100 * row.came) / most}
                      w={90}
                      aria-label={t("result.share", { n: Math.round((100 * row.came) / most) })}
                    />
                    <Text fz="sm">{t("common:unit.people", { n: number(row.came) })}</Text>
                  </Group>
                </Table.Td>
                <Table.Td ta="right">{number(row.here)}</Table.Td>
                <Table.Td ta="right">{ofMessage(row.node.do, row.sent)}</Table.Td>
                <Table.Td ta="right">{ofMessage(row.node.do, row.open)}</Table.Td>
                <Table.Td ta="right">{ofMessage(row.node.do, row.refused)}</Table.Td>
                <Table.Td ta="right">{ofMessage(row.node.do, row.failed)}</Table.Td>
                <Table.Td ta="right">{row.clicked === null ? "" : number(row.clicked)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text fz="xs" c="dimmed" mt="sm">
        {t("result.clickedAbout")}
      </Text>
    </Card>
  );
}
