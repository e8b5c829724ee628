/** What stands here is one's own from an earlier visit, and not in force: said, and thrown away on one tap. */
import { Alert, Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface DraftFoundProps {
  draft: { found: boolean };
  drop: () => void;
}

export function DraftFound({ draft, drop }: DraftFoundProps) {
  const { t } = useTranslation();
  if (!draft.found) return null;
  return (
    <Alert color="blue" mb="md">
      <Group justify="space-between">
        {t("draftFound")}
        <Button size="xs" variant="default" onClick={drop}>
          {t("draftDrop")}
        </Button>
      </Group>
    </Alert>
  );
}
