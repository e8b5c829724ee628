import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { templateSearchQuery } from "./api.ts";

interface TemplateSelectProps {
  label: string;
  error?: string | undefined;
  value: string | null;
  onChange: (id: string | null) => void;
}

export function TemplateSelect(props: TemplateSelectProps) {
  const { t } = useTranslation();
  const { data } = useQuery(templateSearchQuery(""));
  return (
    <Select
      {...props}
      searchable
      placeholder={t("choose")}
      nothingFoundMessage={t("nothingFound")}
      data={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
    />
  );
}
