/** Two people at one template: who it was, what they wrote, and nothing lost whatever is chosen. */
import { Alert, Button, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Template } from "../api/types.ts";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { usersQuery } from "../settings/api.ts";
import { templateQuery, versionsQuery } from "./api.ts";
import { Preview } from "./Preview.tsx";

interface ConflictProps {
  id: string;
  /** Saves what stands here as the newest version; theirs stays in the history. */
  mine: () => void;
  /** Goes on from theirs; what stands here is kept as a copy. */
  theirs: (template: Template) => void;
}

export function Conflict({ id, mine, theirs }: ConflictProps) {
  const { t } = useTranslation("template");
  const zone = useZone();
  const [opened, look] = useDisclosure(false);
  const { data: newest } = useQuery({ ...templateQuery(id), staleTime: 0 });
  const { data: versions } = useQuery({ ...versionsQuery(id), staleTime: 0 });
  const { data: users } = useQuery(usersQuery);
  const by = versions?.items[0]?.created_by.split(":")[1];
  const person = users?.items.find((user) => user.id === by);
  const who = person?.name || person?.email || t("conflict.somebody");
  const when = newest ? dayAndTime(newest.updated_at, zone) : "";
  return (
    <Alert color="yellow" mb="md" role="alert" title={t("conflict.title", { who, when })}>
      <Stack gap="sm">
        <Text fz="sm">{t("conflict.about")}</Text>
        <Group gap="xs">
          <Button size="xs" onClick={mine}>
            {t("conflict.mine")}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!newest}
            onClick={() => newest && theirs(newest)}
          >
            {t("conflict.theirs")}
          </Button>
          <Button size="xs" variant="subtle" aria-expanded={opened} onClick={look.toggle}>
            {t("conflict.look")}
          </Button>
        </Group>
        <Collapse expanded={opened}>
          {opened && newest && <Preview messages={newest.messages} height={320} />}
        </Collapse>
      </Stack>
    </Alert>
  );
}
