/** What the content checks say, taken together. */
import type { Finding } from "../api/types.ts";

export type Level = Finding["level"];

const WORST: Level[] = ["ok", "info", "warn", "stop"];

/** The worst level of all. */
export function worstOf(findings: readonly Finding[]): Level {
  return findings.reduce<Level>(
    (worst, { level }) => (WORST.indexOf(level) > WORST.indexOf(worst) ? level : worst),
    "ok",
  );
}

/** What a person is to look at before sending; another sentence is another promise. */
export function warningsOf(findings: readonly Finding[]): { n: number; signature: string } {
  const places = findings
    .filter(({ level }) => level === "warn")
    .flatMap(({ check, places }) => places.map(({ what, text }) => `${check} ${what} ${text}`));
  return { n: places.length, signature: places.sort().join("\n") };
}

/** Those with something to say first. */
export function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => WORST.indexOf(b.level) - WORST.indexOf(a.level));
}
