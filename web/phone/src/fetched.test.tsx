import { act, renderHook, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { useFetched } from "./fetched.ts";

/** A load whose answers are given by hand. */
function byHand<T>() {
  const open: ((value: T) => void)[] = [];
  const load = vi.fn(() => new Promise<T>((resolve) => open.push(resolve)));
  const answer = async (value: T) => {
    await act(async () => open.shift()?.(value));
  };
  return { load, answer };
}

it("joins calls that come while one is under way into a single later one", async () => {
  const { load, answer } = byHand<number>();
  const { result } = renderHook(() => useFetched(load));
  act(() => {
    result.current.reload();
    result.current.reload();
    result.current.reload();
  });
  expect(load).toHaveBeenCalledTimes(1);
  await answer(1);
  expect(load).toHaveBeenCalledTimes(2);
  await answer(2);
  expect(result.current.data).toBe(2);
  expect(load).toHaveBeenCalledTimes(2);
});

it("drops the late answer of an earlier question", async () => {
  const first = byHand<string>();
  const second = byHand<string>();
  const { result, rerender } = renderHook(({ load }) => useFetched(load), {
    initialProps: { load: first.load },
  });
  rerender({ load: second.load });
  await second.answer("new");
  await first.answer("old");
  expect(result.current.data).toBe("new");
});

it("keeps what it has when a later call fails, and says why", async () => {
  const answers: (() => Promise<number>)[] = [
    async () => 1,
    async () => {
      throw new Error("away");
    },
    async () => 3,
  ];
  const load = () => (answers.shift() ?? (async () => 0))();
  const { result } = renderHook(({ load }) => useFetched(load), { initialProps: { load } });
  await waitFor(() => expect(result.current.data).toBe(1));
  act(() => result.current.reload());
  await waitFor(() => expect(result.current.error?.message).toBe("away"));
  expect(result.current.data).toBe(1);
  act(() => result.current.reload());
  await waitFor(() => expect(result.current.data).toBe(3));
  expect(result.current.error).toBeUndefined();
});
