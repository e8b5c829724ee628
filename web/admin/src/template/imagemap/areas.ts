/** The tappable areas of an imagemap, in LINE's measure: the picture is always 1,040 wide. */
import type { Area } from "@enishi/line-ui";

export const WIDTH = 1040;
/** Smaller than a fingertip helps nobody. */
const LEAST = 60;

export interface Size {
  width: number;
  height: number;
}

/** How the picture is cut: shares of the width and height per area, named by rows of columns. */
export const LAYOUTS = ["1", "2", "1/1", "1/2", "2/2", "3/3", "1/1/1"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** `1/2`: one above, two below. */
export function areasOf(layout: Layout, size: Size): Area[] {
  const rows = layout.split("/").map(Number);
  const edge = (part: number, parts: number, whole: number) => Math.round((whole * part) / parts);
  return rows.flatMap((columns, row) => {
    const y = edge(row, rows.length, size.height);
    const height = edge(row + 1, rows.length, size.height) - y;
    return Array.from({ length: columns }, (_, column) => {
      const x = edge(column, columns, size.width);
      return { x, y, width: edge(column + 1, columns, size.width) - x, height };
    });
  });
}

const clamp = (value: number, least: number, most: number) =>
  Math.round(Math.min(Math.max(value, least), Math.max(least, most)));

/** Moved by so much, still on the picture. */
export function moved(area: Area, dx: number, dy: number, size: Size): Area {
  return {
    ...area,
    x: clamp(area.x + dx, 0, size.width - area.width),
    y: clamp(area.y + dy, 0, size.height - area.height),
  };
}

/** Its lower right corner moved by so much. */
export function resized(area: Area, dx: number, dy: number, size: Size): Area {
  return {
    ...area,
    width: clamp(area.width + dx, LEAST, size.width - area.x),
    height: clamp(area.height + dy, LEAST, size.height - area.y),
  };
}

/** The same areas on a picture of another height. */
export function scaled(areas: Area[], from: Size, to: Size): Area[] {
  const factor = to.height / from.height;
  return areas.map((area) => ({
    ...area,
    y: Math.round(area.y * factor),
    height: Math.max(1, Math.round(area.height * factor)),
  }));
}
