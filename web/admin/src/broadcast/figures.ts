/** Sums of a broadcast's counts. */
import type { Broadcast, Counts } from "../api/types.ts";

export interface Figures {
  refused: number;
  /** What is settled, one way or another. */
  settled: number;
  /** 0–100, and 100 only when everything is settled. */
  percent: number;
}

export function figuresOf({
  counts,
  total,
}: Pick<Broadcast, "total"> & { counts: Counts }): Figures {
  const refused = Object.values(counts.refused).reduce((sum, n) => sum + (n ?? 0), 0);
  const settled = counts.accepted + counts.failed + counts.unknown + refused;
  const percent = total === 0 ? 0 : Math.floor((100 * settled) / total);
  return { refused, settled, percent: Math.min(100, percent) };
}
