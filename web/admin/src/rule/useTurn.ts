/** A rule is turned on or off as it is seen: not when a colleague has written another in the meantime. */
import { useTranslation } from "react-i18next";
import type { Rule } from "../api/types.ts";
import { type Kind, stale } from "../app/query.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { begun, update } from "./api.ts";

interface Wishes {
  done?: string;
  stale?: Kind[];
}

export function useTurn(rule: Rule | undefined, wishes: Wishes = {}) {
  const { t } = useTranslation("rule");
  return useAct(async (enabled: boolean) => rule && update(rule.id, { ...begun(rule), enabled }), {
    ...wishes,
    stale: ["rule", ...(wishes.stale ?? [])],
    otherwise: ({ code }) => {
      if (code !== "edited_meanwhile") return false;
      void stale("rule");
      sayProblem(t("turnMeanwhile"));
      return true;
    },
  });
}
