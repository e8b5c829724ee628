import { describe, expect, it } from "vitest";
import { blockRate, changeOf, shortDay, signed } from "./figures.ts";

describe("comparing", () => {
  it("says by how much, and nothing where there was nothing", () => {
    expect(changeOf(112, 100)).toBe(12);
    expect(changeOf(0, 100)).toBe(-100);
    expect(changeOf(0, 0)).toBe(0);
    expect(changeOf(5, 0)).toBeUndefined();
    expect([signed(12), signed(-3), signed(0)]).toEqual(["+12%", "−3%", "±0%"]);
  });

  it("knows no rate of nobody", () => {
    expect(blockRate({ friends: 0, blocked: 0 })).toBeUndefined();
    expect(blockRate({ friends: 915, blocked: 85 })).toBe(8.5);
  });

  it("shortens days", () => {
    expect(shortDay("2026-11-02")).toBe("11/2");
  });
});
