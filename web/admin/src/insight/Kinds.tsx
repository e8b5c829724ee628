/** Sends by kind: what counts against the month, what was free, what did not go. */
import { Card, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Sums } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { DataTable } from "../ui/DataTable.tsx";

const COLUMNS = ["paid", "free", "failed", "refused"] as const;

export function Kinds({ sums, title }: { sums: Sums; title: string }) {
  const { t } = useTranslation("home");
  if (sums.by_kind.length === 0) {
    return (
      <Card>
        <Title order={2} fz="md">
          {title}
        </Title>
        <Text fz="sm" c="dimmed" mt="xs">
          {t("kinds.none")}
        </Text>
      </Card>
    );
  }
  return (
    <div>
      <Title order={2} fz="md" mb="xs">
        {title}
      </Title>
      <DataTable
        label={title}
        rows={sums.by_kind}
        idOf={(row) => row.kind}
        columns={[
          { key: "kind", head: t("kinds.kind"), cell: (row) => t(`kind.${row.kind}`) },
          ...COLUMNS.map((key) => ({
            key,
            head: t(`kinds.${key}`),
            kind: "end" as const,
            cell: (row: Sums["by_kind"][number]) => number(row.sent[key]),
          })),
        ]}
      />
    </div>
  );
}
