/** Two people edited one scenario: who, what differs, and both kept whatever is chosen. */
import { Card, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Journey } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Conflict } from "../ui/Conflict.tsx";
import { create } from "./api.ts";
import { Changes } from "./Changes.tsx";
import { draftOf } from "./steps.ts";
import { type JourneyDesk, workOf } from "./useJourneyWork.ts";

export function JourneyConflict({ theirs, desk }: { theirs: Journey; desk: JourneyDesk }) {
  const { t } = useTranslation(["journey", "common"]);
  const zone = useZone();
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
    <Conflict
      title={t("conflict.title", { who, when: dayAndTime(theirs.updated_at, zone) })}
      about={t("conflict.about")}
      mine={{ label: t("conflict.mine"), run: () => keepMine.mutate() }}
      theirs={{ label: t("conflict.theirs"), run: () => takeTheirs.mutate() }}
      state={busy ? "busy" : "open"}
      look={{
        label: t("conflict.differences"),
        show: () => (
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
        ),
      }}
    />
  );
}
