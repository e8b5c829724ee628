import { expect, it } from "vitest";
import { quotaOf } from "./quota.ts";

const month = { month: 202611, checked_at: 1_795_000_000_000, exhausted_at: null };

it("counts what was sent since LINE was asked, and keeps a share back", () => {
  const quota = { ...month, limit: 1000, used: 700, reserved: 99 };
  expect(quotaOf({ quota, reserve_percent: 15 })).toEqual({
    asked: true,
    limit: 1000,
    used: 799,
    left: 201,
    kept: 150,
    tight: false,
  });
  expect(quotaOf({ quota: { ...quota, reserved: 100 }, reserve_percent: 15 })?.tight).toBe(true);
});

it("never has less than nothing left, and no end without a limit", () => {
  const quota = { ...month, limit: 10, used: 12, reserved: 0 };
  expect(quotaOf({ quota, reserve_percent: 0 })?.left).toBe(0);
  const open = quotaOf({ quota: { ...quota, limit: null }, reserve_percent: 50 });
  expect(open).toMatchObject({ limit: null, kept: 0, tight: false });
  expect(quotaOf({ quota: null, reserve_percent: 0 })).toBeUndefined();
});

it("tells no limit from a limit that nobody has asked for", () => {
  const quota = { ...month, limit: null, used: 0, reserved: 5 };
  expect(quotaOf({ quota, reserve_percent: 0 })?.asked).toBe(true);
  expect(quotaOf({ quota: { ...quota, checked_at: null }, reserve_percent: 0 })?.asked).toBe(false);
});
