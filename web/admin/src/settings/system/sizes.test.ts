import { expect, it } from "vitest";
import { bytes, span } from "./sizes.ts";

it("says sizes in their unit", () => {
  expect([0, 999, 1_500, 12_345_678, 250_000_000_000].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "1.5 KB",
    "12.3 MB",
    "250 GB",
  ]);
});

it("says spans in their largest unit", () => {
  const minute = 60_000;
  expect([-5, 1_400, minute, 59 * minute, 47 * 60 * minute, 72 * 60 * minute].map(span)).toEqual([
    { unit: "seconds", n: 0 },
    { unit: "seconds", n: 1 },
    { unit: "minutes", n: 1 },
    { unit: "minutes", n: 59 },
    { unit: "hours", n: 47 },
    { unit: "days", n: 3 },
  ]);
});
