import { renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { type Paged, useAhead } from "./useAhead.ts";

const page = () => {
  const fetchNextPage = vi.fn();
  const list: Paged = {
    hasNextPage: true,
    isFetchingNextPage: false,
    isFetchNextPageError: false,
    fetchNextPage,
  };
  const { rerender } = renderHook((now: Paged) => useAhead(now, { last: 49, rows: 50 }), {
    initialProps: list,
  });
  return { becomes: (more: Partial<Paged>) => rerender({ ...list, ...more }), fetchNextPage };
};

it("asks for the next page ahead of the end", () => {
  const { fetchNextPage, becomes } = page();
  expect(fetchNextPage).toHaveBeenCalledTimes(1);
  becomes({ isFetchingNextPage: true });
  becomes({});
  expect(fetchNextPage).toHaveBeenCalledTimes(2);
});

it("does not ask again by itself when it failed", () => {
  const { fetchNextPage, becomes } = page();
  becomes({ isFetchingNextPage: true });
  becomes({ isFetchNextPageError: true });
  becomes({ isFetchNextPageError: true });
  expect(fetchNextPage).toHaveBeenCalledTimes(1);
});
