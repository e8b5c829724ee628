import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { useMemoDraft } from "./memo.ts";

beforeEach(() => localStorage.clear());

const page = (memo: string) =>
  renderHook((now: string) => useMemoDraft({ id: "1", memo: now }), { initialProps: memo });

it("shows what a colleague writes while nobody writes here", () => {
  const { result, rerender } = page("窓側");
  rerender("窓側。犬連れ");
  expect(result.current.draft.value.text).toBe("窓側。犬連れ");
  expect(result.current.open).toBe(false);
});

it("says so instead of writing over a colleague's", () => {
  const { result, rerender } = page("窓側");
  act(() => result.current.write("窓側、奥さま左利き"));
  expect(result.current.newer).toBeUndefined();
  rerender("窓側。犬連れ");
  expect(result.current.draft.value.text).toBe("窓側、奥さま左利き");
  expect(result.current.newer?.text).toBe("窓側。犬連れ");
  act(() => result.current.draft.forget(result.current.newer));
  expect(result.current.draft.value.text).toBe("窓側。犬連れ");
  expect(result.current.newer).toBeUndefined();
});

it("waits calmly until what was saved has arrived, and keeps what was typed meanwhile", () => {
  const { result, rerender } = page("窓側");
  act(() => result.current.write("窓側。犬連れ"));
  expect(result.current.open).toBe(true);
  act(() => result.current.accept("窓側。犬連れ"));
  expect(result.current.open).toBe(false);
  act(() => result.current.write("窓側。犬連れ。水を出す"));
  rerender("窓側。犬連れ");
  expect(result.current.newer).toBeUndefined();
  expect(result.current.draft.value.text).toBe("窓側。犬連れ。水を出す");
  act(() => result.current.accept("窓側。犬連れ。水を出す"));
  rerender("窓側。犬連れ。水を出す");
  expect(result.current.draft.touched).toBe(false);
  expect(localStorage.length).toBe(0);
});
