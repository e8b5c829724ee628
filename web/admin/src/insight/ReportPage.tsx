/** One month: to be read, printed, taken along as CSV, and commented. */
import "./report.css";
import { Alert, Button, Card, Group, Stack, Text, Textarea, Title } from "@mantine/core";
import { IconFileSpreadsheet, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Report } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { dateOnly, dateTime, number } from "../i18n/time.ts";
import { useMay, useMe, useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { DataTable } from "../ui/DataTable.tsx";
import { useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { comment, reportQuery } from "./api.ts";
import { csvOf, download } from "./csv.ts";
import { changeOf, signed } from "./figures.ts";
import { Kinds } from "./Kinds.tsx";
import { monthName } from "./names.ts";
import { type Line, linesOf } from "./report.ts";

const route = getRouteApi("/shell/reports/$month");

export default function ReportPage() {
  const { t } = useTranslation("insight");
  const { month } = route.useParams();
  const query = useQuery(reportQuery(month));
  const { workspace } = useMe();
  const name = /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? monthName(`${month}-01`) : month;
  return (
    <Page
      title={t("report.title", { month: name })}
      about={workspace.name}
      back={{ to: "/reports", label: t("reports.title") }}
      actions={query.data && <Actions report={query.data} />}
    >
      <Loaded query={query} lines={8}>
        {(report) => <Body key={report.month} report={report} />}
      </Loaded>
    </Page>
  );
}

function Actions({ report }: { report: Report }) {
  const { t } = useTranslation("insight");
  const rows = useCsv(report);
  return (
    <Group gap="xs" className="no-print">
      <Button
        variant="default"
        leftSection={<IconFileSpreadsheet size={17} />}
        onClick={() => download(`report-${report.month}.csv`, csvOf(rows))}
      >
        {t("report.csv")}
      </Button>
      <Button
        variant="default"
        leftSection={<IconPrinter size={17} />}
        title={t("report.printAbout")}
        onClick={() => window.print()}
      >
        {t("report.print")}
      </Button>
    </Group>
  );
}

function useCsv(report: Report): (string | number | null)[][] {
  const { t } = useTranslation(["insight", "home"]);
  const zone = useZone();
  const { byId } = useAccounts();
  const { body } = report;
  return [
    [t("report.metric"), t("report.that"), t("report.before"), t("report.lastYear")],
    ...linesOf(body).map((line) => [
      t(`metric.${line.key}`),
      line.value,
      line.before,
      line.lastYear,
    ]),
    [],
    [
      t("home:kinds.kind"),
      ...(["paid", "free", "failed", "refused"] as const).map((key) => t(`home:kinds.${key}`)),
    ],
    ...body.this.sums.by_kind.map(({ kind, sent }) => [
      t(`home:kind.${kind}`),
      sent.paid,
      sent.free,
      sent.failed,
      sent.refused,
    ]),
    [],
    [
      t("report.name"),
      t("report.date"),
      t("report.category"),
      t("report.accepted"),
      t("report.clickers"),
    ],
    ...body.broadcasts.map((one) => [
      one.name,
      dateTime(one.started_at, zone),
      t(`category.${one.category ?? "none"}`),
      one.accepted,
      one.clickers,
    ]),
    [],
    [
      t("report.accounts"),
      t("metric.friends"),
      t("metric.added"),
      t("metric.blocks"),
      t("metric.paid"),
    ],
    ...body.accounts.map((one) => [
      byId(one.channel_id)?.name ?? one.name,
      one.figures.friends,
      one.figures.sums.added,
      one.figures.sums.blocked,
      one.figures.sums.sent.paid,
    ]),
    [],
    [t("report.comment"), report.comment],
  ];
}

function Body({ report }: { report: Report }) {
  const { t } = useTranslation(["insight", "home"]);
  const zone = useZone();
  const { body, made_at } = report;
  return (
    <Stack gap="lg">
      <Text fz="sm" c="dimmed">
        {made_at === null
          ? t("report.openAbout")
          : t("report.keptAbout", { when: dateOnly(made_at, zone) })}
        {!body.this.whole && ` ${t("report.partial")}`}
      </Text>
      <section>
        <Title order={2} fz="md" mb="xs">
          {t("report.figures")}
        </Title>
        <Compared lines={linesOf(body)} />
      </section>
      {body.accounts.length > 1 && <Accounts report={report} />}
      <Kinds sums={body.this.sums} title={t("report.kinds")} />
      <Broadcasts report={report} />
      <Comment report={report} />
    </Stack>
  );
}

/** Percent for rates, plain for all else. */
const shown = (key: Line["key"], value: number) =>
  key === "blockRate" ? `${value}%` : number(value);

function Compared({ lines }: { lines: Line[] }) {
  const { t } = useTranslation("insight");
  const beside = (line: Line, other: number | null) => {
    if (other === null || line.value === null)
      return (
        <Text span c="dimmed" fz="sm">
          {t("report.unknown")}
        </Text>
      );
    const change = line.key === "blockRate" ? undefined : changeOf(line.value, other);
    return (
      <span>
        {shown(line.key, other)}
        {change !== undefined && (
          <Text span fz="xs" c="dimmed" ml={6}>
            {signed(change)}
          </Text>
        )}
      </span>
    );
  };
  return (
    <DataTable
      label={t("report.figures")}
      rows={lines}
      idOf={(line) => line.key}
      columns={[
        { key: "metric", head: t("report.metric"), cell: (line) => t(`metric.${line.key}`) },
        {
          key: "this",
          head: t("report.that"),
          kind: "end",
          cell: (line) => (
            <strong>{line.value === null ? "–" : shown(line.key, line.value)}</strong>
          ),
        },
        {
          key: "before",
          head: t("report.before"),
          kind: "end",
          cell: (line) => beside(line, line.before),
        },
        {
          key: "lastYear",
          head: t("report.lastYear"),
          kind: "end",
          cell: (line) => beside(line, line.lastYear),
        },
      ]}
    />
  );
}

function Accounts({ report }: { report: Report }) {
  const { t } = useTranslation("insight");
  const { byId } = useAccounts();
  const figure = (
    key: "friends" | "added" | "blocks" | "paid",
    of: (row: Report["body"]["accounts"][number]) => number,
  ) => ({
    key,
    head: t(`metric.${key}`),
    kind: "end" as const,
    cell: (row: Report["body"]["accounts"][number]) => number(of(row)),
  });
  return (
    <section>
      <Title order={2} fz="md" mb="xs">
        {t("report.accounts")}
      </Title>
      <DataTable
        label={t("report.accounts")}
        rows={report.body.accounts}
        idOf={(row) => row.channel_id}
        columns={[
          {
            key: "name",
            head: t("report.name"),
            cell: (row) => byId(row.channel_id)?.name ?? row.name,
          },
          figure("friends", (row) => row.figures.friends),
          figure("added", (row) => row.figures.sums.added),
          figure("blocks", (row) => row.figures.sums.blocked),
          figure("paid", (row) => row.figures.sums.sent.paid),
        ]}
      />
    </section>
  );
}

function Broadcasts({ report }: { report: Report }) {
  const { t } = useTranslation("insight");
  const zone = useZone();
  const { broadcasts } = report.body;
  return (
    <section>
      <Title order={2} fz="md" mb="xs">
        {t("report.broadcasts")}
      </Title>
      {broadcasts.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t("report.noBroadcasts")}
        </Text>
      ) : (
        <DataTable
          label={t("report.broadcasts")}
          rows={broadcasts}
          idOf={(row) => row.id}
          columns={[
            {
              key: "name",
              head: t("report.name"),
              cell: ({ id, name }) => (
                <Text
                  component={Link}
                  to={`/broadcasts/${id}`}
                  fz="sm"
                  fw={600}
                  c="var(--mantine-color-text)"
                >
                  {name}
                </Text>
              ),
            },
            {
              key: "date",
              head: t("report.date"),
              cell: (row) => dateTime(row.started_at, zone),
            },
            {
              key: "category",
              head: t("report.category"),
              cell: (row) => t(`category.${row.category ?? "none"}`),
            },
            {
              key: "accepted",
              head: t("report.accepted"),
              kind: "end",
              cell: (row) => number(row.accepted),
            },
            {
              key: "clickers",
              head: t("report.clickers"),
              kind: "end",
              cell: (row) => number(row.clickers),
            },
            {
              key: "orders",
              head: t("report.orders"),
              kind: "end",
              cell: () => (
                <Text span c="dimmed" fz="sm">
                  {t("report.unlinked")}
                </Text>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}

function Comment({ report }: { report: Report }) {
  const { t } = useTranslation(["insight", "common"]);
  const may = useMay("define");
  const draft = useDraft(`report.${report.month}`, report.comment);
  const save = useAct((text: string) => comment(report.month, text), {
    done: t("common:saved"),
    stale: ["report"],
    after: (saved, text) => draft.settle(text, (mine) => (mine === text ? saved.comment : mine)),
  });
  return (
    <Card>
      <Title order={2} fz="md">
        {t("report.comment")}
      </Title>
      {may ? (
        <Stack gap="sm" className="no-print">
          {draft.found && (
            <Alert color="blue" py="xs">
              {t("common:draftFound")}
            </Alert>
          )}
          <Textarea
            aria-label={t("report.comment")}
            description={t("report.commentAbout")}
            autosize
            minRows={4}
            maxLength={4000}
            value={draft.value}
            onChange={(event) => draft.set(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            {draft.found && (
              <Button variant="default" onClick={() => draft.forget(report.comment)}>
                {t("common:draftDrop")}
              </Button>
            )}
            <Button
              loading={save.isPending}
              disabled={draft.value === report.comment}
              onClick={() => save.mutate(draft.value)}
            >
              {t("report.commentSave")}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Text fz="sm" mt="xs" style={{ whiteSpace: "pre-wrap" }}>
          {report.comment || t("report.commentNone")}
        </Text>
      )}
      {may && <div className="only-print">{draft.value || t("report.commentNone")}</div>}
    </Card>
  );
}
