import { describe, expect, it } from "vitest";
import { quickReplyOf, rowsOf, type TalkItem } from "./rows.ts";
import { clockLabel, dayLabel, listLabel, separatorLabel } from "./time.ts";

const where = { timeZone: "Asia/Tokyo", locale: "ja" } as const;
/** 22 November 2026 14:05 in Tokyo. */
const NOW = Date.UTC(2026, 10, 22, 5, 5);
const MINUTE = 60_000;

let id = 0;
const item = (more: Partial<TalkItem> = {}): TalkItem => ({
  id: String(++id),
  at: NOW,
  from: "them",
  author: { name: "店" },
  message: { type: "text", text: "x" },
  ...more,
});

const marks = (items: TalkItem[]) =>
  rowsOf(items, where).map((row) =>
    row.kind === "message" ? `${row.head ? "head" : ""}${row.tail ? "tail" : ""}` : row.kind,
  );

describe("rows", () => {
  it("show a face once and a time once in a run", () => {
    expect(marks([item(), item(), item()])).toEqual(["day", "head", "", "tail"]);
  });
  it("begin a new run with another minute, another side, another sender", () => {
    expect(marks([item(), item({ at: NOW + MINUTE })])).toEqual(["day", "headtail", "headtail"]);
    expect(marks([item(), item({ from: "me" })])).toEqual(["day", "headtail", "headtail"]);
    const other = item({ message: { type: "text", text: "x", sender: { name: "店長" } } });
    expect(marks([item(), other])).toEqual(["day", "headtail", "headtail"]);
    const labelled = item({ from: "me", label: "一斉配信" });
    expect(marks([item({ from: "me" }), labelled])).toEqual(["day", "headtail", "headtail"]);
  });
  it("are broken by notices and withdrawn messages", () => {
    expect(marks([item(), item({ unsent: true }), item()])).toEqual([
      "day",
      "headtail",
      "notice",
      "headtail",
    ]);
  });
  it("count days in the room's zone", () => {
    // 23:59 and 00:01 in Tokyo lie on the same day in UTC.
    const evening = Date.UTC(2026, 10, 21, 14, 59);
    expect(marks([item({ at: evening }), item({ at: evening + 2 * MINUTE })])).toEqual([
      "day",
      "headtail",
      "day",
      "headtail",
    ]);
  });
});

describe("labels", () => {
  it.each([
    [separatorLabel(NOW - 3_600_000, NOW, where), "今日"],
    [separatorLabel(NOW - 86_400_000, NOW, where), "昨日"],
    [separatorLabel(NOW - 3 * 86_400_000, NOW, where), "11月19日(木)"],
    [separatorLabel(NOW - 400 * 86_400_000, NOW, where), "2025年10月18日(土)"],
    [clockLabel(Date.UTC(2026, 10, 21, 15, 5), where), "00:05"],
    [dayLabel(NOW, where), "2026年11月22日(日)"],
    [listLabel(NOW, NOW, where), "14:05"],
    [listLabel(NOW - 86_400_000, NOW, where), "昨日"],
    [listLabel(NOW - 5 * 86_400_000, NOW, where), "11/17"],
    [listLabel(NOW - 400 * 86_400_000, NOW, where), "2025/10/18"],
    [separatorLabel(NOW, NOW, { ...where, locale: "en" }), "Today"],
  ])("%s", (got, expected) => expect(got).toBe(expected));
});

describe("quick replies", () => {
  const quickReply = {
    items: [{ type: "action" as const, action: { type: "message" as const, text: "はい" } }],
  };
  const asking = item({ message: { type: "text", text: "?", quickReply } });
  it("are the last message's", () => {
    expect(quickReplyOf([asking])).toBe(asking);
    expect(quickReplyOf([asking, item()])).toBeUndefined();
    expect(quickReplyOf([asking, item({ from: "me" })])).toBeUndefined();
  });
  it("outlast notices", () => {
    expect(quickReplyOf([asking, item({ notice: "…" })])).toBe(asking);
  });
  it("are none without items", () => {
    const empty = item({ message: { type: "text", text: "?", quickReply: { items: [] } } });
    expect(quickReplyOf([empty])).toBeUndefined();
  });
});
