import { describe, expect, it } from "vitest";
import type { Coupon } from "../api/types.ts";
import { standingOf } from "./standing.ts";

const coupon = (
  state: Coupon["state"],
  starts_at: number | null,
  ends_at: number | null,
): Coupon => ({
  coupon_id: "c",
  title: "100円引き",
  state,
  starts_at,
  ends_at,
  description: null,
  usage_condition: null,
  image_url: null,
});

describe("how a coupon stands", () => {
  it("is over with its last moment, or when it was ended", () => {
    expect(standingOf(coupon("running", 0, 100), 99)).toBe("running");
    expect(standingOf(coupon("running", 0, 100), 100)).toBe("over");
    expect(standingOf(coupon("closed", 0, 100), 50)).toBe("over");
    expect(standingOf(coupon("closed", null, null), 50)).toBe("over");
  });

  it("comes soon before its first", () => {
    expect(standingOf(coupon("running", 60, 100), 59)).toBe("soon");
    expect(standingOf(coupon("running", null, null), 59)).toBe("running");
  });
});
