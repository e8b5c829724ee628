/** A month's figures as lines to read, beside the months they are compared with. */
import type { MonthFigures, Report } from "../api/types.ts";
import { blockRate } from "./figures.ts";

type MetricKey =
  | "friends"
  | "blocked"
  | "blockRate"
  | "added"
  | "imported"
  | "blocks"
  | "unblocked"
  | "paid"
  | "free"
  | "failed"
  | "refused"
  | "unknown"
  | "clickers"
  | "clicks"
  | "visits";

const METRICS: [MetricKey, (month: MonthFigures) => number | null][] = [
  ["friends", (month) => month.friends],
  ["blocked", (month) => month.blocked],
  ["blockRate", (month) => blockRate(month) ?? null],
  ["added", ({ sums }) => sums.added],
  ["imported", ({ sums }) => sums.imported],
  ["blocks", ({ sums }) => sums.blocked],
  ["unblocked", ({ sums }) => sums.unblocked],
  ["paid", ({ sums }) => sums.sent.paid],
  ["free", ({ sums }) => sums.sent.free],
  ["failed", ({ sums }) => sums.sent.failed],
  ["refused", ({ sums }) => sums.sent.refused],
  ["unknown", ({ sums }) => sums.sent.unknown],
  ["clickers", ({ sums }) => sums.clickers],
  ["clicks", ({ sums }) => sums.clicks],
  ["visits", ({ sums }) => sums.visits],
];

export interface Line {
  key: MetricKey;
  value: number | null;
  /** Null: that month was not counted. */
  before: number | null;
  lastYear: number | null;
}

export function linesOf({ this: now, before, last_year }: Report["body"]): Line[] {
  return METRICS.map(([key, of]) => ({
    key,
    value: of(now),
    before: before ? of(before) : null,
    lastYear: last_year ? of(last_year) : null,
  }));
}
