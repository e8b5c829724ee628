/** 「リンクを開いた」: of which broadcast, and how lately. */
import { Group, NumberInput, Select } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Condition } from "../api/types.ts";
import { broadcastsQuery } from "../broadcast/api.ts";

type Clicked = Extract<Condition, { is: "clicked" }>;

interface ClickedLineProps {
  line: Clicked;
  onChange: (line: Condition) => void;
}

export function ClickedLine({ line, onChange }: ClickedLineProps) {
  const { t } = useTranslation("condition");
  const { data } = useInfiniteQuery(broadcastsQuery);
  const sent = data?.pages.flatMap((page) => page.items) ?? [];
  const { cause, within_days, ...rest } = line;
  const put = (next: { cause?: string | undefined; within_days?: number | undefined }) =>
    onChange({
      ...rest,
      ...(next.cause ? { cause: next.cause } : {}),
      ...(next.within_days === undefined ? {} : { within_days: next.within_days }),
    });
  return (
    <Group grow align="flex-end" preventGrowOverflow={false}>
      <Select
        label={t("ask.clicked")}
        placeholder={t("anyMessage")}
        flex="2 1 200px"
        searchable
        clearable
        data={sent
          .filter((one) => one.state !== "draft")
          .map(({ id, name }) => ({ value: id, label: name }))}
        value={cause ?? null}
        onChange={(id) => put({ cause: id ?? undefined, within_days })}
      />
      <NumberInput
        label={t("when.within_days")}
        placeholder={t("anyTime")}
        flex="1 1 140px"
        suffix={t("daysSuffix")}
        min={0}
        max={36500}
        allowDecimal={false}
        value={within_days ?? ""}
        onChange={(days) => put({ cause, within_days: days === "" ? undefined : Number(days) })}
      />
    </Group>
  );
}
