/** What a broadcast is for: sorts calendar and reports. */
import { Card, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BroadcastCategory } from "../api/types.ts";

const CATEGORIES: BroadcastCategory[] = ["promotion", "reading", "notice"];

interface CategoryChoiceProps {
  value: BroadcastCategory | null;
  onChange: (category: BroadcastCategory | null) => void;
}

export function CategoryChoice({ value, onChange }: CategoryChoiceProps) {
  const { t } = useTranslation("insight");
  return (
    <Card>
      <Select
        label={t("category.label")}
        description={t("category.about")}
        maw={320}
        clearable
        placeholder={t("category.none")}
        data={CATEGORIES.map((one) => ({ value: one, label: t(`category.${one}`) }))}
        value={value}
        onChange={(one) => onChange(one as BroadcastCategory | null)}
      />
    </Card>
  );
}
