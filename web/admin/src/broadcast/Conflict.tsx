/** Two people at one draft: who it was, and whose words stay. Nothing is lost before that is said. */
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BroadcastWithCounts } from "../api/types.ts";

interface ConflictProps {
  theirs: BroadcastWithCounts;
  choose: (whose: "mine" | "theirs") => void;
}

export function Conflict({ theirs, choose }: ConflictProps) {
  const { t } = useTranslation("broadcast");
  const who = theirs.names[theirs.updated_by] ?? t("approval.somebody");
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title={t("conflict.title", { who })}
    >
      <Stack>
        <Text>{t("conflict.about", { who })}</Text>
        <Group justify="space-between" mt="xs" gap="sm">
          <Button variant="default" onClick={() => choose("theirs")}>
            {t("conflict.theirs", { who })}
          </Button>
          <Button onClick={() => choose("mine")}>{t("conflict.mine")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
