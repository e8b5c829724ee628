import { Card, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
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

type Words = Record<string, string>;

/** `broadcast.create` in words: 一斉配信: 作成. What has no word stands as it is. */
function actionText(action: string, t: TFunction<"settings">): string {
  const things: Words = t("audit.things", { returnObjects: true });
  const verbs: Words = t("audit.verbs", { returnObjects: true });
  const [thing = "", verb = ""] = action.split(".");
  return `${things[thing] ?? thing}: ${verbs[verb] ?? verb}`;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What changed, as far as a person can read it: no ids, nothing empty. */
function detailText(detail: unknown, t: TFunction<"settings">): string[] {
  if (typeof detail !== "object" || detail === null) return detail ? [String(detail)] : [];
  const keys: Words = t("audit.keys", { returnObjects: true });
  return Object.entries(detail).flatMap(([key, value]) => {
    if (value === null || value === "" || ID.test(String(value))) return [];
    if (typeof value === "object") return detailText(value, t);
    return [`${keys[key] ?? key}: ${value}`];
  });
}
