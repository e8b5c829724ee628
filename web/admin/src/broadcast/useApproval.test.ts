import { expect, it } from "vitest";
import type { Approval } from "../api/types.ts";
import { mayDecide, standingOf } from "./useApproval.ts";

const asked: Approval = {
  state: "requested",
  current: true,
  requested_by: "user:c",
  requested_at: 0,
  decided_by: null,
  decided_at: null,
  comment: "",
};

it("needs a word on exactly what is sent", () => {
  const above = { when: "above", people: 500 } as const;
  expect(standingOf(above, 500, null)).toBe("free");
  expect(standingOf(above, 501, null)).toBe("needed");
  expect(standingOf({ when: "always" }, 1, { ...asked, state: "approved" })).toBe("approved");
  const old = { ...asked, state: "approved" as const, current: false };
  expect(standingOf({ when: "always" }, 1, old)).toBe("needed");
  expect(standingOf({ when: "off" }, 1_000_000, asked)).toBe("free");
});

it("is answered by somebody else", () => {
  const broadcast = { created_by: "user:a", updated_by: "user:b", approval: asked };
  for (const own of ["a", "b", "c"]) expect(mayDecide(broadcast, own)).toBe(false);
  expect(mayDecide(broadcast, "d")).toBe(true);
  expect(mayDecide({ ...broadcast, approval: { ...asked, current: false } }, "d")).toBe(false);
  expect(mayDecide({ ...broadcast, approval: null }, "d")).toBe(false);
});
