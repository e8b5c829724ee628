/** Asks before a シナリオ starts: messages follow by themselves. For many people the account's name is typed, as for a broadcast. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAccounts } from "../app/choice.ts";
import { safetyQuery } from "../broadcast/api.ts";
import { mustType } from "../broadcast/cost.ts";
import { number } from "../i18n/time.ts";
import { useConfirm } from "../ui/confirm.tsx";

interface Start {
  name: string;
  channel: string;
  people: number;
}

export function useAskToStart(): (starts: Start[]) => Promise<boolean> {
  const { t } = useTranslation("contact");
  const { byId } = useAccounts();
  const { data: safety } = useQuery(safetyQuery);
  const ask = useConfirm();
  return (starts) => {
    // The one that reaches most people speaks for all.
    const [most] = [...starts].sort((a, b) => b.people - a.people);
    if (!most) return Promise.resolve(true);
    const account = byId(most.channel);
    const word = account?.name ?? "";
    // Without the rules at hand, rather asked than not.
    const typed = !safety || mustType(most.people, account?.friends ?? 0, safety.typed_from);
    return ask({
      title: t("startTitle", { n: number(most.people) }),
      body: t("startAbout", {
        names: starts.map(({ name }) => name).join(" / "),
        account: word,
      }),
      action: t("startGo"),
      ...(typed && word ? { typed: { label: t("startType"), word } } : {}),
    });
  };
}
