/** What links in the messages tell. */
import { Card, Radio, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { LinkMode } from "../api/types.ts";

const MODES: LinkMode[] = ["shared", "person", "direct"];

interface LinkChoiceProps {
  value: LinkMode;
  onChange: (mode: LinkMode) => void;
}

export function LinkChoice({ value, onChange }: LinkChoiceProps) {
  const { t } = useTranslation("broadcast");
  return (
    <Card>
      <Radio.Group
        label={t("links")}
        description={t("linksAbout")}
        value={value}
        onChange={(mode) => onChange(mode as LinkMode)}
      >
        <Stack gap="sm" mt="xs">
          {MODES.map((mode) => (
            <Radio
              key={mode}
              value={mode}
              label={t(`linkMode.${mode}`)}
              description={t(`linkModeAbout.${mode}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
    </Card>
  );
}
