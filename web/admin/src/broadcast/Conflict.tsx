/** Two people at one draft. What is not chosen is gone, and that is said. */
import { useTranslation } from "react-i18next";
import type { BroadcastWithCounts } from "../api/types.ts";
import { useMe } from "../session/api.ts";
import { Conflict } from "../ui/Conflict.tsx";

interface DraftConflictProps {
  theirs: BroadcastWithCounts;
  choose: (whose: "mine" | "theirs") => void;
}

export function DraftConflict({ theirs, choose }: DraftConflictProps) {
  const { t } = useTranslation("broadcast");
  const { user } = useMe();
  // Where one changed it last oneself, only its words are a colleague's.
  const own = theirs.updated_by === `user:${user?.id}`;
  const who = (own ? undefined : theirs.names[theirs.updated_by]) ?? t("approval.somebody");
  return (
    <Conflict
      title={t("conflict.title", { who })}
      about={t("conflict.about", { who })}
      mine={{ label: t("conflict.mine"), run: () => choose("mine") }}
      theirs={{ label: t("conflict.theirs", { who }), run: () => choose("theirs") }}
    />
  );
}
