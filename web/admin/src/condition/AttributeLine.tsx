/** A question about a 友だち情報欄, fitting its type. */
import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Attribute, Condition, Test } from "../api/types.ts";
import { attributesQuery } from "../contact/definitions.ts";
import { dayOf } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { newTest, TESTS, type TestWord, wordOf } from "./model.ts";

type AttributeCondition = Extract<Condition, { is: "attribute" }>;
interface LineProps {
  line: AttributeCondition;
  onChange: (line: AttributeCondition) => void;
}

export function AttributeLine({ line, onChange }: LineProps) {
  const { t } = useTranslation(["condition", "common"]);
  const zone = useZone();
  const { data } = useQuery(attributesQuery);
  const attributes = data?.items ?? [];
  const attribute = attributes.find((one) => one.key === line.key);
  const today = dayOf(Date.now(), zone);
  const pick = (key: string | null) => {
    const type = attributes.find((one) => one.key === key)?.type ?? "text";
    onChange({ ...line, key: key ?? "", test: newTest(TESTS[type][0] ?? "exists", type, today) });
  };
  return (
    <Group grow align="flex-end" preventGrowOverflow={false}>
      <Select
        label={t("ask.attribute")}
        placeholder={t("common:choose")}
        flex="1 1 160px"
        data={attributes.map(({ key, label }) => ({ value: key, label }))}
        value={line.key || null}
        onChange={pick}
      />
      {attribute && (
        <>
          <Select
            aria-label={t("how")}
            flex="1 1 150px"
            allowDeselect={false}
            data={TESTS[attribute.type].map((word) => ({ value: word, label: t(`test.${word}`) }))}
            value={wordOf(line.test)}
            onChange={(word) =>
              word && onChange({ ...line, test: newTest(word as TestWord, attribute.type, today) })
            }
          />
          <Value
            attribute={attribute}
            test={line.test}
            onChange={(test) => onChange({ ...line, test })}
          />
        </>
      )}
    </Group>
  );
}

interface ValueProps {
  attribute: Attribute;
  test: Test;
  onChange: (test: Test) => void;
}

function Value({ attribute, test, onChange }: ValueProps) {
  const { t } = useTranslation(["condition", "common"]);
  if (typeof test === "string") return null;
  const word = wordOf(test);
  const value: unknown = Object.values(test)[0];
  const set = (next: unknown) => onChange({ [word]: next } as Test);
  if (word === "birthday_month") {
    return (
      <Select
        aria-label={t("month")}
        flex="1 1 120px"
        allowDeselect={false}
        data={[
          { value: "this", label: t("thisMonth") },
          { value: "next", label: t("nextMonth") },
          ...Array.from({ length: 12 }, (_, n) => ({
            value: String(n + 1),
            label: t("monthN", { n: n + 1 }),
          })),
        ]}
        value={typeof value === "string" ? value : String((value as { month?: number }).month ?? 1)}
        onChange={(next) =>
          set(next === "this" || next === "next" ? next : { month: Number(next) })
        }
      />
    );
  }
  if (isSpan(value)) {
    return (
      <Group gap="xs" wrap="nowrap" flex="1 1 220px">
        <NumberInput
          aria-label={t("fromDay")}
          prefix={t("dayPrefix")}
          allowDecimal={false}
          value={value.from}
          onChange={(n) => set({ ...value, from: Number(n) || 0 })}
        />
        <span>–</span>
        <NumberInput
          aria-label={t("toDay")}
          prefix={t("dayPrefix")}
          allowDecimal={false}
          value={value.to}
          onChange={(n) => set({ ...value, to: Number(n) || 0 })}
        />
      </Group>
    );
  }
  if (typeof value === "number") {
    return (
      <NumberInput
        aria-label={t("value")}
        flex="1 1 120px"
        value={value}
        onChange={(n) => set(Number(n) || 0)}
      />
    );
  }
  const options =
    attribute.type === "choice"
      ? attribute.options.map((option) => ({ value: option, label: option }))
      : attribute.type === "yesno"
        ? [
            { value: "1", label: t("common:yes") },
            { value: "0", label: t("common:no") },
          ]
        : undefined;
  if (options) {
    return (
      <Select
        aria-label={t("value")}
        flex="1 1 140px"
        data={options}
        value={String(value) || null}
        onChange={(next) => set(next ?? "")}
      />
    );
  }
  const day = word === "on_or_after" || word === "before";
  return (
    <TextInput
      aria-label={t("value")}
      flex="1 1 140px"
      type={day ? "date" : "text"}
      value={String(value)}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
}

const isSpan = (value: unknown): value is { from: number; to: number } =>
  typeof value === "object" && value !== null && "from" in value && "to" in value;
