import { describe, expect, it } from "vitest";
import { counted, dayOf, dayStart, fromWall, toWall } from "./time.ts";

describe("wall clock", () => {
  it("reads Tokyo whatever the browser's zone is", () => {
    expect(fromWall("2026-11-22T14:05", "Asia/Tokyo")).toBe(Date.UTC(2026, 10, 22, 5, 5));
    expect(toWall(Date.UTC(2026, 10, 22, 15, 30), "Asia/Tokyo")).toBe("2026-11-23T00:30");
    expect(dayOf(Date.UTC(2026, 10, 22, 15, 30), "Asia/Tokyo")).toBe("2026-11-23");
  });

  it("begins days at local midnight, over the end of a month too", () => {
    expect(dayStart("2026-11-30", "Asia/Tokyo")).toBe(Date.UTC(2026, 10, 29, 15));
    expect(dayStart("2026-11-30", "Asia/Tokyo", 1)).toBe(Date.UTC(2026, 10, 30, 15));
    expect(dayStart("soon", "Asia/Tokyo")).toBeUndefined();
  });

  it("goes there and back in every hour of a day on which clocks change", () => {
    const zone = "America/New_York";
    for (let hour = 0; hour < 48; hour++) {
      const at = Date.UTC(2026, 2, 7, 12 + hour, 10);
      expect(fromWall(toWall(at, zone), zone)).toBe(at);
    }
  });

  it("puts a time that does not exist after the gap", () => {
    const at = fromWall("2026-03-08T02:30", "America/New_York");
    expect(at && ["2026-03-08T03:30", "2026-03-08T01:30"]).toContain(
      toWall(at ?? 0, "America/New_York"),
    );
  });

  it("says nothing of what is no time", () => {
    expect(fromWall("", "Asia/Tokyo")).toBeUndefined();
    expect(fromWall("2026-13-01T00:00", "Asia/Tokyo")).toBeUndefined();
  });
});

it("shows a ceiling as such", () => {
  expect(counted({ count: 10000, more: true })).toBe("10,000+");
  expect(counted({ count: 3, more: false })).toBe("3");
});
