import { Button, Card, Group, Select, Text, TextInput } from "@mantine/core";
import { IconDownload, IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "../api/types.ts";
import { dateTime, dayStart } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { type AuditFilter, auditLines, auditQuery, usersQuery } from "./api.ts";
import { actionText, actorText, csvOf, detailText, things } from "./audit.ts";

const route = getRouteApi("/shell/settings/audit");

export default function AuditPage() {
  const { t } = useTranslation("settings");
  const search = route.useSearch();
  const zone = useZone();
  const filter: AuditFilter = {
    ...(search.actor && { actor: search.actor }),
    ...(search.thing && { thing: search.thing }),
    ...(search.from && { from: dayStart(search.from, zone) }),
    ...(search.until && { until: dayStart(search.until, zone, 1) }),
  };
  const list = useInfiniteQuery(auditQuery(filter));
  const columns: Column<AuditEntry>[] = [
    { key: "at", head: t("audit.at"), cell: (entry) => <When at={entry.at} /> },
    {
      key: "actor",
      head: t("audit.actor"),
      cell: (entry) => (
        <Text fz="sm" fw={600}>
          {actorText(entry, t)}
        </Text>
      ),
    },
    {
      key: "action",
      head: t("audit.action"),
      // The id is for whoever looks into the database; nobody reads it in passing.
      cell: (entry) => (
        <span title={`${entry.action} ${entry.object}`}>{actionText(entry.action, t)}</span>
      ),
    },
    {
      key: "detail",
      head: t("audit.detail"),
      wideOnly: true,
      cell: (entry) => (
        <Text fz="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
          {detailText(entry.detail, t).join("、")}
        </Text>
      ),
    },
  ];
  return (
    <Page
      title={t("audit.title")}
      about={t("audit.about")}
      actions={<FileButton filter={filter} />}
    >
      <Filters />
      <Loaded query={list}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) {
            return (
              <Card>
                <Empty
                  icon={IconHistory}
                  title={t(Object.keys(filter).length > 0 ? "audit.noneFits" : "audit.none")}
                />
              </Card>
            );
          }
          return (
            <>
              <DataTable
                label={t("audit.title")}
                columns={columns}
                rows={rows}
                idOf={(entry) => entry.id}
              />
              <More list={list} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Filters() {
  const { t } = useTranslation("settings");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const users = useQuery(usersQuery);
  // In the address, so that a view can be passed on and the back button goes where it should.
  const set = (key: "actor" | "thing" | "from" | "until", value: string | null) =>
    void navigate({
      search: (was) => ({ ...was, [key]: value || undefined }),
      replace: true,
    });
  const people = (users.data?.items ?? []).map((user) => ({
    value: `user:${user.id}`,
    label: user.name || (user.email ?? ""),
  }));
  const machines = (["system", "cli"] as const).map((kind) => ({
    value: kind,
    label: t(`audit.kinds.${kind}`),
  }));
  return (
    <Group gap="sm" mb="md" align="flex-end">
      <Select
        label={t("audit.actor")}
        placeholder={t("audit.anybody")}
        data={[...people, ...machines]}
        value={search.actor ?? null}
        onChange={(value) => set("actor", value)}
        clearable
        searchable
        w={{ base: "100%", xs: 200 }}
      />
      <Select
        label={t("audit.thing")}
        placeholder={t("audit.anything")}
        data={Object.entries(things(t)).map(([value, label]) => ({ value, label }))}
        value={search.thing ?? null}
        onChange={(value) => set("thing", value)}
        clearable
        searchable
        w={{ base: "100%", xs: 200 }}
      />
      <TextInput
        type="date"
        label={t("audit.from")}
        value={search.from ?? ""}
        onChange={(event) => set("from", event.currentTarget.value)}
        w={160}
      />
      <TextInput
        type="date"
        label={t("audit.until")}
        value={search.until ?? ""}
        onChange={(event) => set("until", event.currentTarget.value)}
        w={160}
      />
    </Group>
  );
}

/** Lines of a file at most: what a spreadsheet opens without waiting. */
const FILE_LINES = 10_000;

function FileButton({ filter }: { filter: AuditFilter }) {
  const { t } = useTranslation("settings");
  const zone = useZone();
  const make = useAct(() => auditLines(filter, FILE_LINES), {
    after: ({ lines, more }) => {
      const head = [t("audit.at"), t("audit.actor"), t("audit.action"), t("audit.detail")];
      const rows = lines.map((entry) => [
        dateTime(entry.at, zone),
        actorText(entry, t),
        actionText(entry.action, t),
        detailText(entry.detail, t).join("、"),
      ]);
      save(csvOf([head, ...rows]));
      if (more) sayProblem(t("audit.cut", { n: FILE_LINES }));
    },
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={make.isPending}
      onClick={() => make.mutate()}
    >
      {t("audit.file")}
    </Button>
  );
}

function save(text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "audit.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}
