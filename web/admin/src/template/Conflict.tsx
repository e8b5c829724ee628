/** Two people at one template: both texts stay in its history, whatever is chosen. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Template } from "../api/types.ts";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { usersQuery } from "../settings/api.ts";
import { Conflict } from "../ui/Conflict.tsx";
import { templateQuery, versionsQuery } from "./api.ts";
import { Preview } from "./Preview.tsx";

interface TemplateConflictProps {
  id: string;
  /** Saves what stands here as the newest version; theirs stays in the history. */
  mine: () => void;
  /** Goes on from theirs; what stands here is kept as a copy. */
  theirs: (template: Template) => void;
}

export function TemplateConflict({ id, mine, theirs }: TemplateConflictProps) {
  const { t } = useTranslation("template");
  const zone = useZone();
  const { data: newest } = useQuery({ ...templateQuery(id), staleTime: 0 });
  const { data: versions } = useQuery({ ...versionsQuery(id), staleTime: 0 });
  const { data: users } = useQuery(usersQuery);
  const by = versions?.items[0]?.created_by.split(":")[1];
  const person = users?.items.find((user) => user.id === by);
  const who = person?.name || person?.email || t("conflict.somebody");
  const when = newest ? dayAndTime(newest.updated_at, zone) : "";
  return (
    <Conflict
      title={t("conflict.title", { who, when })}
      about={t("conflict.about")}
      mine={{ label: t("conflict.mine"), run: mine }}
      theirs={{ label: t("conflict.theirs"), run: newest && (() => theirs(newest)) }}
      look={{
        label: t("conflict.look"),
        show: () => newest && <Preview messages={newest.messages} height={320} />,
      }}
    />
  );
}
