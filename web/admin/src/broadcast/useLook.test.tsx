import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { useLook } from "./useLook.ts";

it("takes what somebody changed and says so, and lets nothing go meanwhile", async () => {
  let taken: () => void = () => undefined;
  const reload = vi.fn(() => new Promise<void>((resolve) => (taken = resolve)));
  const page = renderHook(({ seen }) => useLook(seen, reload), {
    initialProps: { seen: undefined as string | undefined },
  });
  page.rerender({ seen: "one" });
  page.rerender({ seen: "one" });
  expect(page.result.current).toMatchObject({ changed: false, waits: false });

  page.rerender({ seen: "two" });
  expect(page.result.current).toMatchObject({ changed: true, waits: true });
  expect(reload).toHaveBeenCalledTimes(1);
  // While it is fetched nothing is known.
  page.rerender({ seen: undefined });
  await act(async () => taken());
  page.rerender({ seen: "two" });
  await waitFor(() => expect(page.result.current.waits).toBe(false));
  expect(reload).toHaveBeenCalledTimes(1);
});

it("does so when the server refuses, too", async () => {
  const reload = vi.fn(() => Promise.resolve());
  const page = renderHook(() => useLook("one", reload));
  await act(() => page.result.current.takeNew());
  expect(page.result.current).toMatchObject({ changed: true, waits: false });
  expect(reload).toHaveBeenCalledTimes(1);
});

it("waits for no answer that does not come, and is tried again", async () => {
  const reload = vi.fn().mockRejectedValueOnce(new TypeError("no network"));
  const page = renderHook(({ seen }) => useLook(seen, reload), { initialProps: { seen: "one" } });
  page.rerender({ seen: "two" });
  await waitFor(() => expect(page.result.current.failed).toBe(true));
  expect(page.result.current.waits).toBe(false);
  expect(reload).toHaveBeenCalledTimes(1);
  await act(() => page.result.current.takeNew());
  expect(page.result.current).toMatchObject({ failed: false, waits: false });
});
