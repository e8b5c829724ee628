/** 対応マーク to choose from. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { marksQuery } from "./api.ts";

/**
 * Marks that a shop begins with; every other that is in use comes besides. They are kept under one word whatever
 * language a page has: the rules of marketing name them.
 */
const STANDARD = {
  要対応: "todo",
  対応中: "doing",
  対応済み: "done",
  クレーム: "complaint",
} as const;

interface Mark {
  value: string;
  label: string;
}

/** Marks, each once; `current` is among them. */
export function useMarks(current = ""): Mark[] {
  const { t } = useTranslation("common");
  const { data } = useQuery(marksQuery);
  const labels = new Map<string, string>();
  for (const [mark, key] of Object.entries(STANDARD)) {
    const own = t(`mark.${key}`);
    labels.set(mark, own === mark ? mark : `${mark} (${own})`);
  }
  const used = [...(data?.items ?? []).map((one) => one.mark), current];
  return [...new Set([...labels.keys(), ...used])]
    .filter(Boolean)
    .map((value) => ({ value, label: labels.get(value) ?? value }));
}
