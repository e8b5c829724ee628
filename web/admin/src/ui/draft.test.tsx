import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { useDraft, useIntent } from "./draft.ts";

beforeEach(() => localStorage.clear());

it("keeps what was written until it is forgotten", () => {
  const first = renderHook(() => useDraft("a", { text: "" }));
  act(() => first.result.current.set({ text: "途中" }));
  first.unmount();

  const second = renderHook(() => useDraft("a", { text: "" }));
  expect(second.result.current.value.text).toBe("途中");
  expect(second.result.current.found).toBe(true);
  act(() => second.result.current.forget());
  expect(second.result.current.value.text).toBe("");
  second.unmount();

  expect(renderHook(() => useDraft("a", { text: "" })).result.current.found).toBe(false);
});

it("stores nothing of what was only shown", () => {
  renderHook(() => useDraft("b", { text: "開いただけ" }));
  expect(localStorage.length).toBe(0);
});

it("gives the same wish the same key until it is done", () => {
  const { result } = renderHook(() => useIntent());
  const key = result.current.keyFor({ text: "こんにちは" });
  expect(result.current.keyFor({ text: "こんにちは" })).toBe(key);
  expect(result.current.keyFor({ text: "こんばんは" })).not.toBe(key);
  const other = result.current.keyFor({ text: "こんばんは" });
  result.current.done();
  expect(result.current.keyFor({ text: "こんばんは" })).not.toBe(other);
});
