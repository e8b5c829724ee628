import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { useHistory } from "./useHistory.ts";

it("goes back and forth, and forgets what was undone when something else is done", () => {
  const { result } = renderHook(() => useHistory<string>());
  act(() => result.current.note("a", ""));
  act(() => result.current.note("b", ""));
  expect(result.current.canUndo).toBe(true);
  act(() => expect(result.current.undo("c")).toBe("b"));
  act(() => expect(result.current.undo("b")).toBe("a"));
  act(() => expect(result.current.undo("a")).toBeUndefined());
  act(() => expect(result.current.redo("a")).toBe("b"));
  act(() => result.current.note("b", ""));
  expect(result.current.canRedo).toBe(false);
});

it("takes typing without a pause for one change", () => {
  const { result } = renderHook(() => useHistory<string>());
  act(() => result.current.note("", "n1"));
  act(() => result.current.note("あ", "n1"));
  act(() => result.current.note("あい", "n2"));
  act(() => expect(result.current.undo("あい!")).toBe("あい"));
  act(() => expect(result.current.undo("あい")).toBe(""));
});
