/** Two people at one draft. What is not chosen is gone, and that is said. */
import { useTranslation } from "react-i18next";
import type { BroadcastWithCounts } from "../api/types.ts";
import { Conflict } from "../ui/Conflict.tsx";

interface DraftConflictProps {
  theirs: BroadcastWithCounts;
  choose: (whose: "mine" | "theirs") => void;
}

export function DraftConflict({ theirs, choose }: DraftConflictProps) {
  const { t } = useTranslation("broadcast");
  const who = theirs.names[theirs.updated_by] ?? t("approval.somebody");
  return (
    <Conflict
      title={t("conflict.title", { who })}
      about={t("conflict.about", { who })}
      mine={{ label: t("conflict.mine"), run: () => choose("mine") }}
      theirs={{ label: t("conflict.theirs", { who }), run: () => choose("theirs") }}
    />
  );
}
