/** 対応マーク to choose from. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { marksQuery } from "./api.ts";

/** Marks that a shop begins with; every other that is in use comes besides. */
const STANDARD = ["todo", "doing", "done", "complaint"] as const;

/** Names of marks, each once; `current` is among them. */
export function useMarks(current = ""): string[] {
  const { t } = useTranslation("common");
  const { data } = useQuery(marksQuery);
  const names = [
    ...STANDARD.map((key) => t(`mark.${key}`)),
    ...(data?.items ?? []).map((one) => one.mark),
    current,
  ];
  return [...new Set(names)].filter(Boolean);
}
