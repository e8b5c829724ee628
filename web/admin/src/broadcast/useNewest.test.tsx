import { act, renderHook } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { useDraft } from "../ui/draft.ts";
import { emptyPlan, type Plan } from "./plan.ts";
import { useNewest } from "./useNewest.ts";

beforeEach(() => localStorage.clear());

const everybody: Plan = { ...emptyPlan("c1"), id: "b1", revision: 1 };
const vip: Plan = { ...everybody, revision: 2, target: "segment", segment: "vip" };

const page = (initialProps: { stored: Plan; saving?: boolean }) =>
  renderHook(
    ({ stored, saving = false }) => {
      const draft = useDraft("broadcast.b1", everybody);
      useNewest(draft, { stored, saving });
      return draft;
    },
    { initialProps },
  );

it("shows whom the draft goes to by now, not whom this browser remembers", () => {
  const { result, rerender } = page({ stored: everybody });
  rerender({ stored: vip });
  expect(result.current).toMatchObject({ value: { target: "segment", revision: 2 } });
  expect(result.current.touched).toBe(false);
  expect(localStorage.length).toBe(0);
});

it("leaves alone what somebody is writing", () => {
  const { result, rerender } = page({ stored: everybody });
  act(() => result.current.set((before) => ({ ...before, name: "夏" })));
  rerender({ stored: vip });
  expect(result.current.value).toMatchObject({ target: "all", name: "夏", revision: 1 });
});

it("takes one's own save for no colleague's", () => {
  const { result, rerender } = page({ stored: everybody, saving: true });
  rerender({ stored: vip, saving: true });
  expect(result.current.value.revision).toBe(1);
});
