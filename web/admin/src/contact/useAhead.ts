/** Asks for the next page before the end of the list is reached; one that failed waits for a person. */
import { useEffect } from "react";

export interface Paged {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  isFetchNextPageError: boolean;
  fetchNextPage: () => unknown;
}

interface Seen {
  /** The last row that is drawn, and how many there are. */
  last: number;
  rows: number;
}

/** Rows asked for ahead of the last one seen. */
const AHEAD = 30;

export function useAhead(list: Paged, { last, rows }: Seen): void {
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list;
  const wanted = hasNextPage && last >= rows - AHEAD;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with more rows it is asked for again
  useEffect(() => {
    if (wanted && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [wanted, isFetchingNextPage, isFetchNextPageError, fetchNextPage, rows]);
}
