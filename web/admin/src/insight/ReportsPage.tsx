/** Months, the newest first. */
import { Badge, Text } from "@mantine/core";
import { IconChartHistogram } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { dateOnly } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { reportsQuery } from "./api.ts";
import { monthName } from "./names.ts";

export default function ReportsPage() {
  const { t } = useTranslation("insight");
  const zone = useZone();
  const query = useQuery(reportsQuery);
  return (
    <Page title={t("reports.title")} about={t("reports.about")} width="read">
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty
              icon={IconChartHistogram}
              title={t("reports.none")}
              about={t("reports.noneAbout")}
            />
          ) : (
            <DataTable
              label={t("reports.title")}
              rows={items}
              idOf={(row) => row.month}
              columns={[
                {
                  key: "month",
                  head: t("reports.month"),
                  cell: ({ month }) => (
                    <Text
                      component={Link}
                      to={`/reports/${month}`}
                      fz="sm"
                      fw={600}
                      c="var(--mantine-color-text)"
                    >
                      {monthName(`${month}-01`)}
                    </Text>
                  ),
                },
                {
                  key: "state",
                  head: t("reports.state"),
                  cell: ({ made_at }) =>
                    made_at === null ? (
                      <Badge color="blue">{t("reports.open")}</Badge>
                    ) : (
                      t("reports.kept", { when: dateOnly(made_at, zone) })
                    ),
                },
                {
                  key: "comment",
                  head: t("reports.comment"),
                  cell: ({ commented }) =>
                    t(commented ? "reports.commented" : "reports.uncommented"),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Page>
  );
}
