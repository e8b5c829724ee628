/** Two people edited one scenario: who, what differs, and both kept whatever is chosen. */
import { Alert, Button, Card, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import type { Journey } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { create } from "./api.ts";
import { Changes } from "./Changes.tsx";
import { draftOf } from "./steps.ts";
import { type JourneyDesk, workOf } from "./useJourneyWork.ts";

export function Conflict({ theirs, desk }: { theirs: Journey; desk: JourneyDesk }) {
  const { t } = useTranslation(["journey", "common"]);
  const zone = useZone();
  const [opened, differences] = useDisclosure(false);
  const { work, draft } = desk;
  const who = theirs.edited_by ?? t("conflict.somebody");
  const keepMine = useAct(
    () =>
      create(
        draftOf(
          t("conflict.theirName", { name: theirs.name, who }),
          theirs.channel_id,
          theirs.graph,
        ),
      ),
    {
      done: t("conflict.keptTheirs"),
      after: async () => {
        desk.save(theirs.revision);
        await stale("journey");
      },
    },
  );
  const takeTheirs = useAct(
    () => create(draftOf(t("conflict.myName", { name: work.name }), work.channel_id, work.graph)),
    {
      done: t("conflict.keptMine"),
      after: async () => {
        draft.forget(workOf(theirs));
        desk.history.clear();
        await stale("journey");
      },
    },
  );
  const busy = keepMine.isPending || takeTheirs.isPending;
  return (
    <Alert
      color="yellow"
      mb="md"
      title={t("conflict.title", { who, when: dayAndTime(theirs.updated_at, zone) })}
      role="alert"
    >
      <Stack gap="sm">
        <Text fz="sm">{t("conflict.about")}</Text>
        <Group gap="xs">
          <Button size="xs" disabled={busy} onClick={() => keepMine.mutate()}>
            {t("conflict.mine")}
          </Button>
          <Button size="xs" variant="default" disabled={busy} onClick={() => takeTheirs.mutate()}>
            {t("conflict.theirs")}
          </Button>
          <Button size="xs" variant="subtle" aria-expanded={opened} onClick={differences.toggle}>
            {t("conflict.differences")}
          </Button>
        </Group>
        <Collapse expanded={opened}>
          {opened && (
            <Card padding="sm">
              <Text fz="xs" c="dimmed" mb="xs">
                {t("conflict.fromTheirs")}
              </Text>
              {theirs.name !== work.name && (
                <Text fz="sm" mb="xs">
                  {t("conflict.names", { from: theirs.name, to: work.name })}
                </Text>
              )}
              <Changes before={theirs.graph} after={work.graph} />
            </Card>
          )}
        </Collapse>
      </Stack>
    </Alert>
  );
}
