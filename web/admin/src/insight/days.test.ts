import { describe, expect, it } from "vitest";
import { monthOf, plusDays, plusMonths, spanOf, weekday, weekOf } from "./days.ts";

describe("days", () => {
  it("turn months and years", () => {
    expect(plusDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(plusDays("2028-03-01", -1)).toBe("2028-02-29");
    expect(plusMonths("2026-01-31", 1)).toBe("2026-02-01");
    expect(plusMonths("2026-01-15", -1)).toBe("2025-12-01");
  });

  it("stand in weeks from Sunday", () => {
    expect(weekday("2026-11-22")).toBe(0);
    expect(weekOf("2026-11-25")).toEqual(weekOf("2026-11-22"));
    expect(weekOf("2026-11-25")[0]).toBe("2026-11-22");
  });

  it("a month is shown in whole weeks", () => {
    const november = monthOf("2026-11-22");
    expect([november[0], november.at(-1), november.length]).toEqual([
      "2026-11-01",
      "2026-12-05",
      35,
    ]);
    expect(monthOf("2026-02-10")).toHaveLength(28);
    expect(monthOf("2026-08-10")).toHaveLength(42);
    expect(spanOf(november)).toEqual({ from: "2026-11-01", to: "2026-12-06" });
  });
});
