/** An address or secret to take along. */
import { ActionIcon, CopyButton, Group, Input, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

export function CopyLine({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  return (
    <Input.Wrapper label={label} labelElement="div">
      <Group gap="xs" wrap="nowrap">
        <Input
          readOnly
          value={value}
          flex={1}
          aria-label={label}
          onFocus={(event) => event.currentTarget.select()}
          styles={{ input: { fontFamily: "monospace", fontSize: 13 } }}
        />
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? t("copied") : t("copy")}>
              <ActionIcon
                variant={copied ? "light" : "default"}
                color={copied ? "pine" : "gray"}
                onClick={copy}
                aria-label={`${label}: ${copied ? t("copied") : t("copy")}`}
              >
                {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>
    </Input.Wrapper>
  );
}
