/** Bytes and spans of time as people say them. */
const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

export function bytes(n: number): string {
  let [size, unit] = [n, 0];
  while (size >= 1_000 && unit < UNITS.length - 1) [size, unit] = [size / 1_000, unit + 1];
  const digits = size >= 100 || unit === 0 ? 0 : 1;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}

const MINUTE = 60_000;

/** The largest unit that says something. */
export function span(ms: number): { unit: "seconds" | "minutes" | "hours" | "days"; n: number } {
  const past = Math.max(0, ms);
  if (past < MINUTE) return { unit: "seconds", n: Math.round(past / 1_000) };
  if (past < 60 * MINUTE) return { unit: "minutes", n: Math.floor(past / MINUTE) };
  if (past < 48 * 60 * MINUTE) return { unit: "hours", n: Math.floor(past / (60 * MINUTE)) };
  return { unit: "days", n: Math.floor(past / (24 * 60 * MINUTE)) };
}
