import { describe, expect, it } from "vitest";
import { nowOf, progress } from "./time.ts";

const clock = { now_ms: 1000, flowing: true, target_ms: null };

describe("the time between two reports", () => {
  it("goes on while the clock flows", () => {
    expect(nowOf({ clock, heard: 50 }, 250)).toBe(1200);
  });
  it("stands while the clock is stopped or being advanced", () => {
    expect(nowOf({ clock: { ...clock, flowing: false }, heard: 50 }, 250)).toBe(1000);
    expect(nowOf({ clock: { ...clock, target_ms: 9000 }, heard: 50 }, 250)).toBe(1000);
  });
  it("never goes back", () => {
    expect(nowOf({ clock, heard: 300 }, 250)).toBe(1000);
  });
});

it.each([
  [0, 0, 100, 0],
  [0, 25, 100, 0.25],
  [0, 200, 100, 1],
  [100, 50, 200, 0],
  [100, 100, 100, 1],
])("from %d at %d to %d is %d of the way", (from, now, to, done) => {
  expect(progress(from, now, to)).toBe(done);
});
