/** For which moment rules are tried; empty is now. */
import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface WhenFieldProps {
  value: string;
  onChange: (at: string) => void;
}

export function WhenField({ value, onChange }: WhenFieldProps) {
  const { t } = useTranslation("rule");
  return (
    <TextInput
      type="datetime-local"
      label={t("try.at")}
      description={t("try.atAbout")}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
