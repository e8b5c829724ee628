import { describe, expect, it } from "vitest";
import type { MonthFigures } from "../api/types.ts";
import { csvOf } from "./csv.ts";
import { linesOf } from "./report.ts";

const sent = { paid: 100, free: 20, failed: 1, refused: 2, unknown: 0 };
const month = (friends: number): MonthFigures => ({
  friends,
  blocked: 10,
  whole: true,
  sums: {
    added: 5,
    imported: 0,
    blocked: 1,
    unblocked: 0,
    clicks: 3,
    clickers: 2,
    visits: 0,
    sent,
    by_kind: [],
  },
});

describe("a report", () => {
  it("leaves months that were not counted open", () => {
    const lines = linesOf({
      this: month(90),
      before: month(80),
      last_year: null,
      accounts: [],
      broadcasts: [],
    });
    expect(lines.find((line) => line.key === "friends")).toEqual({
      key: "friends",
      value: 90,
      before: 80,
      lastYear: null,
    });
    expect(lines.find((line) => line.key === "blockRate")?.value).toBe(10);
  });

  it("becomes a file that Excel reads and does not calculate", () => {
    const csv = csvOf([
      ["配信名", "配信数"],
      ['=HYPERLINK("http://evil")', 1289],
      ["秋の,セール", null],
      ["-10%オフ", -3],
    ]);
    expect(csv).toBe(
      '\ufeff配信名,配信数\r\n"\'=HYPERLINK(""http://evil"")",1289\r\n"秋の,セール",\r\n\'-10%オフ,-3\r\n',
    );
  });
});
