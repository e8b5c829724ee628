import { Alert, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTemplateOptions } from "./useTemplates.ts";

interface TemplateSelectProps {
  label: string;
  error?: string | undefined;
  value: string | null;
  onChange: (id: string | null) => void;
  /** Said where there is no template at all. */
  none?: string;
}

export function TemplateSelect({ none, ...props }: TemplateSelectProps) {
  const { t } = useTranslation();
  const templates = useTemplateOptions(props.value);
  return (
    <>
      <Select
        {...props}
        {...templates.field}
        searchable
        placeholder={t("choose")}
        nothingFoundMessage={t("nothingFound")}
      />
      {none && templates.none && (
        <Alert color="gray" mt="sm">
          {none}
        </Alert>
      )}
    </>
  );
}
