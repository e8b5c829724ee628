/** A query's four faces: loading, failed, stale, there. */
import { Alert, Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import { ErrorView } from "./ErrorView.tsx";
import { sentenceOf } from "./problem.ts";

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  /** How many lines of grey while waiting. */
  lines?: number;
  /** Instead of lines: what takes as much room as that which comes. */
  waiting?: ReactNode;
  children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, lines = 4, waiting, children }: LoadedProps<T>) {
  const { t } = useTranslation();
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && (
          <Alert color="yellow" mb="sm" role="status">
            {t("notFresh")} {sentenceOf(asProblem(query.error), t)}
          </Alert>
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) {
    return <ErrorView problem={asProblem(query.error)} retry={() => void query.refetch()} />;
  }
  return waiting ?? <Waiting lines={lines} />;
}

export function Waiting({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t("loading")}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: grey lines have no identity
        <Skeleton key={line} height={line === 0 ? 28 : 44} width={line === 0 ? "40%" : "100%"} />
      ))}
    </Stack>
  );
}
