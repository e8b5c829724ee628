import { expect, it } from "vitest";
import { day, id } from "./route.ts";

it("takes a day out of an address only if it stands in the calendar", () => {
  expect(day("2028-02-29")).toBe("2028-02-29");
  for (const odd of ["2026-13-45", "2026-02-29", "2026-2-3", "today", "", 7, undefined])
    expect(day(odd)).toBeUndefined();
});

it("takes an id out of an address only if it can be one", () => {
  const one = "0190a3f2-1b2c-7d3e-8f40-51627384a5b6";
  expect(id(one)).toBe(one);
  for (const odd of ["zzz", `${one}x`, "", 7, undefined]) expect(id(odd)).toBeUndefined();
});
