import { Card, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AuditEntry } from "../api/types.ts";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { auditQuery } from "./api.ts";

export default function AuditPage() {
  const { t } = useTranslation("settings");
  const list = useInfiniteQuery(auditQuery);
  const columns: Column<AuditEntry>[] = [
    { key: "at", head: t("audit.at"), cell: (entry) => <When at={entry.at} /> },
    {
      key: "actor",
      head: t("audit.actor"),
      cell: ({ actor }) => (
        <Text fz="sm" fw={600}>
          {actor.name || t(`audit.kinds.${actor.kind}`)}
        </Text>
      ),
    },
    { key: "action", head: t("audit.action"), cell: (entry) => entry.action },
    {
      key: "object",
      head: t("audit.object"),
      cell: (entry) => (
        <Text fz="sm" style={{ overflowWrap: "anywhere" }}>
          {entry.object}
        </Text>
      ),
    },
    {
      key: "detail",
      head: t("audit.detail"),
      wideOnly: true,
      cell: (entry) => (
        <Text fz="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
          {detailText(entry.detail)}
        </Text>
      ),
    },
  ];
  return (
    <Page title={t("audit.title")} about={t("audit.about")}>
      <Loaded query={list}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) {
            return (
              <Card>
                <Empty icon={IconHistory} title={t("audit.none")} />
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

/** What changed, as `name: value` pairs; an empty object says nothing. */
function detailText(detail: unknown): string {
  if (typeof detail !== "object" || detail === null) return detail ? String(detail) : "";
  return Object.entries(detail)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" / ");
}
