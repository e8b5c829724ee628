import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useNoticeSwitch } from "./useNoticeSwitch.ts";

vi.mock("../ui/act.ts", () => ({ sayProblem: vi.fn() }));

/** As Chrome for Android has it: there, asked and granted, and refused when it is used. */
function allow(build: () => void) {
  class Notice {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor() {
      build();
    }
  }
  vi.stubGlobal("Notification", Notice);
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

const pressed = async () => {
  const { result } = renderHook(() => useNoticeSwitch());
  await act(() => result.current[1]());
  return result.current[0];
};

it("is on once a notice was shown", async () => {
  allow(() => undefined);
  expect(await pressed()).toBe("on");
});

it("is not offered where the browser refuses notices after all", async () => {
  allow(() => {
    throw new TypeError("Illegal constructor");
  });
  expect(await pressed()).toBe("missing");
});
