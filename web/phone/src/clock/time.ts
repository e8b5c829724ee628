/** The simulator's time between two of its reports. */
import { useEffect, useState } from "react";
import type { Clock } from "../sim/types.ts";

/** A report and the machine's moment at which it came. */
export interface Report {
  clock: Clock;
  /** `performance.now()` */
  heard: number;
}

/** A flowing clock goes on by itself; a stopped one and one that is being advanced wait for the next report. */
export function nowOf({ clock, heard }: Report, machine: number): number {
  const flows = clock.flowing && clock.target_ms === null;
  return clock.now_ms + (flows ? Math.max(0, machine - heard) : 0);
}

/** The simulator's now, renewed every second while it flows. */
export function useNow(report: Report | undefined): number {
  const [, setTick] = useState(0);
  const flows = report?.clock.flowing === true && report.clock.target_ms === null;
  useEffect(() => {
    if (!flows) return;
    const timer = setInterval(() => setTick((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, [flows]);
  return report ? nowOf(report, performance.now()) : Date.now();
}

/** How far an advance has come, 0 to 1. */
export function progress(from: number, now: number, to: number): number {
  if (to <= from) return 1;
  return Math.min(1, Math.max(0, (now - from) / (to - from)));
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
