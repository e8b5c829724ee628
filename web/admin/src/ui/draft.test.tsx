import { act, renderHook } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { draftsOf, useDraft, useIntent } from "./draft.ts";

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

it("shows nobody what somebody else was writing", () => {
  const memo = () => renderHook(() => useDraft("memo.1", ""));
  draftsOf("w1", "u1");
  const mine = memo();
  act(() => mine.result.current.set("窓側"));
  mine.unmount();
  draftsOf("w1", "u2");
  expect(memo().result.current.value).toBe("");
  draftsOf("w2", "u1");
  expect(memo().result.current.value).toBe("");
  draftsOf("w1", "u1");
  expect(memo().result.current.value).toBe("窓側");
});

it("stores nothing of what was only shown", () => {
  renderHook(() => useDraft("b", { text: "開いただけ" }));
  expect(localStorage.length).toBe(0);
});

describe("what somebody else saved", () => {
  it("is shown as long as nothing of one's own stands here", () => {
    const { result } = renderHook(() => useDraft("d", "初め"));
    act(() => expect(result.current.follow("同僚の言葉")).toBe(true));
    expect(result.current).toMatchObject({ value: "同僚の言葉", touched: false });
  });

  it("does not take away what is typed before the page was drawn with it", () => {
    const { result } = renderHook(() => useDraft("d", "初め"));
    act(() => {
      result.current.set("自分の言葉");
      expect(result.current.follow("同僚の言葉")).toBe(false);
    });
    expect(result.current).toMatchObject({ value: "自分の言葉", touched: true });
  });
});

describe("a save that took a while", () => {
  const page = { text: "初め", base: 1 };
  const begin = (key: string) => renderHook(() => useDraft(key, page));
  const saved = (mine: typeof page) => ({ ...mine, base: 2 });

  it("leaves nothing behind when nothing was written meanwhile", () => {
    const { result } = begin("c");
    act(() => result.current.set({ ...page, text: "送った" }));
    const sent = result.current.value;
    act(() => result.current.settle(sent, saved));
    expect(result.current).toMatchObject({ value: { text: "送った", base: 2 }, touched: false });
    expect(localStorage.length).toBe(0);
  });

  it("keeps what was written meanwhile, over the new base", () => {
    const { result, unmount } = begin("c");
    act(() => result.current.set({ ...page, text: "送った" }));
    const sent = result.current.value;
    act(() => result.current.set((before) => ({ ...before, text: "送った、そして" })));
    act(() => result.current.settle(sent, saved));
    expect(result.current).toMatchObject({
      value: { text: "送った、そして", base: 2 },
      touched: true,
    });
    unmount();
    const again = begin("c").result;
    expect(again.current.value).toEqual({ text: "送った、そして", base: 2 });
    act(() => result.current.forget());
  });

  it("goes back to what was saved when the rest is thrown away", () => {
    const { result } = begin("c");
    act(() => result.current.set({ ...page, text: "送った" }));
    const sent = result.current.value;
    act(() => result.current.set({ ...page, text: "続き" }));
    act(() => result.current.settle(sent, saved));
    act(() => result.current.forget());
    expect(result.current.value).toEqual({ text: "送った", base: 2 });
  });

  it("goes with the saved thing to its own page", () => {
    const { result } = begin("new");
    act(() => result.current.set({ ...page, text: "送った" }));
    const sent = result.current.value;
    act(() => result.current.set({ ...page, text: "続き" }));
    act(() => result.current.settle(sent, saved, "17"));
    expect(result.current).toMatchObject({ value: page, touched: false });
    expect(begin("17").result.current.value).toEqual({ text: "続き", base: 2 });
    expect(begin("new").result.current.found).toBe(false);
  });
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
