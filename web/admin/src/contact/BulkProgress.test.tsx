import { renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { Bulk } from "../api/types.ts";
import { useWhenOver } from "./BulkProgress.tsx";

type Seen = Pick<Bulk, "id" | "state">[] | undefined;
const page = (initialProps: Seen) => {
  const then = vi.fn();
  const { rerender } = renderHook((bulks: Seen) => useWhenOver(bulks, then), { initialProps });
  return { then, becomes: rerender };
};
const old = { id: "1", state: "done" } as const;

it("sees one that was over before anybody saw it run", () => {
  const { then, becomes } = page([old]);
  becomes([{ id: "2", state: "done" }, old]);
  expect(then).toHaveBeenCalledTimes(1);
});

it("sees the end of one, and of taking it back", () => {
  const { then, becomes } = page([{ id: "2", state: "running" }, old]);
  becomes([{ id: "2", state: "running" }, old]);
  expect(then).not.toHaveBeenCalled();
  becomes([{ id: "2", state: "done" }, old]);
  expect(then).toHaveBeenCalledTimes(1);
  becomes([{ id: "2", state: "undoing" }, old]);
  expect(then).toHaveBeenCalledTimes(1);
  becomes([{ id: "2", state: "undone" }, old]);
  expect(then).toHaveBeenCalledTimes(2);
});

it("takes what it finds at first for nothing new", () => {
  const { then, becomes } = page(undefined);
  becomes([old]);
  expect(then).not.toHaveBeenCalled();
});
