/** Which step to put in. */
import { Group, Modal, Stack, Text, ThemeIcon, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SIGNS } from "./signs.ts";
import { STEPS, type StepKind } from "./steps.ts";

interface AddStepProps {
  opened: boolean;
  close: () => void;
  choose: (kind: StepKind) => void;
}

export function AddStep({ opened, close, choose }: AddStepProps) {
  const { t } = useTranslation("journey");
  return (
    <Modal opened={opened} onClose={close} title={t("addStep")} size="sm">
      <Stack gap={4}>
        {STEPS.map((kind) => {
          const Sign = SIGNS[kind];
          return (
            <UnstyledButton key={kind} p="xs" onClick={() => choose(kind)}>
              <Group gap="sm" wrap="nowrap">
                <ThemeIcon variant="light" size={32} color={kind === "message" ? "pine" : "gray"}>
                  <Sign size={17} />
                </ThemeIcon>
                <div>
                  <Text fz="sm" fw={600}>
                    {t(`step.${kind}`)}
                  </Text>
                  <Text fz="xs" c="dimmed">
                    {t(`stepAbout.${kind}`)}
                  </Text>
                </div>
              </Group>
            </UnstyledButton>
          );
        })}
      </Stack>
    </Modal>
  );
}
