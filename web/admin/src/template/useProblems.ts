/** Problems of messages: at once what we can see, a little later what the server says. */
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Bubble, FieldError } from "../api/types.ts";
import { verdictQuery } from "./api.ts";
import { problemsOf } from "./limits.ts";

export function useProblemsOf(messages: Bubble[]): FieldError[] {
  const { t } = useTranslation(["template", "common"]);
  const own = useMemo(
    () =>
      problemsOf(messages, {
        empty: t("common:required"),
        tooLong: (most) => t("tooLong", { most }),
        badUrl: t("badUrl"),
        badUri: t("badUri"),
      }),
    [messages, t],
  );
  const [calm] = useDebouncedValue(messages, 500);
  const { data } = useQuery({ ...verdictQuery(calm), enabled: calm.length > 0, retry: false });
  const known = new Set(own.map((problem) => problem.path));
  const theirs = calm === messages ? (data?.errors ?? []) : [];
  return [...own, ...theirs.filter((problem) => !known.has(problem.path))];
}
