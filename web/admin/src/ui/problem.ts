/** What a person reads when something went wrong. */
import type { TFunction } from "i18next";
import type { Problem } from "../api/problem.ts";

/** Codes for which we know better than the server what to do next. */
const OWN = [
  "offline",
  "unreadable",
  "forbidden",
  "rate_limited",
  "unavailable",
  "timeout",
  "newer",
] as const;
type Own = (typeof OWN)[number];

const isOwn = (code: string): code is Own => (OWN as readonly string[]).includes(code);

/** One or two sentences: what happened and what to do. */
export function sentenceOf(problem: Problem, t: TFunction<"common">): string {
  const first = problem.fields.find((field) => field.path === "" || problem.message === "");
  if (problem.message && !(isOwn(problem.code) && problem.status === 0)) {
    return first && first.message !== problem.message
      ? `${problem.message} ${first.message}`
      : problem.message;
  }
  if (first) return first.message;
  return t(`problem.${isOwn(problem.code) ? problem.code : "unreadable"}`);
}
