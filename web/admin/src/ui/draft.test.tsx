import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
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

it("gives the same wish the same key until it is done, also on a page loaded anew", () => {
  const intent = () => renderHook(() => useIntent("talk.1")).result.current;
  const key = intent().keyFor({ text: "こんにちは" });
  expect(intent().keyFor({ text: "こんにちは" })).toBe(key);
  expect(intent().keyFor({ text: "こんばんは" })).not.toBe(key);
  const other = intent().keyFor({ text: "こんばんは" });
  expect(
    renderHook(() => useIntent("talk.2")).result.current.keyFor({ text: "こんばんは" }),
  ).not.toBe(other);
  intent().done();
  expect(intent().keyFor({ text: "こんばんは" })).not.toBe(other);
});

it("forgets a wish when the server does", () => {
  vi.useFakeTimers();
  const intent = () => renderHook(() => useIntent("talk.1")).result.current;
  const key = intent().keyFor("はい");
  vi.advanceTimersByTime(24 * 3_600_000);
  expect(intent().keyFor("はい")).not.toBe(key);
  vi.useRealTimers();
});
