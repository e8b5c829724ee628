/** What the composer offers: those used lately, then what fits the words, at the server. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { templateQuery, templateSearchQuery } from "../template/api.ts";
import { useDraft } from "../ui/draft.ts";
import { offer, used } from "./snippets.ts";

export function useSnippets(typed: string, opened: boolean) {
  const recent = useDraft<string[]>("talk.snippets", []);
  const [words] = useDebouncedValue(typed.trim(), 200);
  const { data, isError } = useQuery({
    ...templateSearchQuery(words),
    enabled: opened,
    placeholderData: keepPreviousData,
  });
  const lately = useQueries({
    queries: recent.value.map((id) => ({ ...templateQuery(id), enabled: opened, retry: false })),
  });
  const { shown, recent: count } = offer(
    words === "" ? lately.flatMap(({ data: one }) => one ?? []) : [],
    data?.items ?? [],
  );
  const nothing = words === "" ? "snippets.none" : "common:nothingFound";
  return {
    shown,
    /** So many of them were used lately. */
    recent: count,
    searched: words !== "",
    more: data?.next != null,
    said: isError
      ? ("snippets.failed" as const)
      : data && shown.length === 0
        ? (nothing as "snippets.none" | "common:nothingFound")
        : undefined,
    used: (id: string) => recent.set((before) => used(before, id)),
  };
}
