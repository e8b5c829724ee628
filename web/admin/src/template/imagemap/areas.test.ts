import { describe, expect, it } from "vitest";
import { areasOf, LAYOUTS, moved, resized, scaled } from "./areas.ts";

const size = { width: 1040, height: 701 };

describe("areas of an imagemap", () => {
  it("cover the picture without gap or overlap", () => {
    for (const layout of LAYOUTS) {
      const areas = areasOf(layout, size);
      const covered = areas.reduce((sum, area) => sum + area.width * area.height, 0);
      expect([layout, covered]).toEqual([layout, size.width * size.height]);
      expect(areas).toHaveLength(
        layout
          .split("/")
          .map(Number)
          .reduce((a, b) => a + b),
      );
    }
  });

  it("stay on the picture when they are moved or stretched", () => {
    const area = { x: 500, y: 300, width: 200, height: 200 };
    expect(moved(area, 9_999, -9_999, size)).toEqual({ ...area, x: 840, y: 0 });
    expect(resized(area, 9_999, 9_999, size)).toEqual({ ...area, width: 540, height: 401 });
    expect(resized(area, -9_999, -9_999, size)).toEqual({ ...area, width: 60, height: 60 });
  });

  it("follow the picture's height", () => {
    const [area] = scaled([{ x: 0, y: 350, width: 1040, height: 351 }], size, {
      width: 1040,
      height: 1402,
    });
    expect(area).toEqual({ x: 0, y: 700, width: 1040, height: 702 });
  });
});
