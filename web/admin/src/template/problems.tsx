/** Problems of the messages, handed down so that each field finds its own. */
import { createContext, useContext } from "react";
import type { FieldError } from "../api/types.ts";

export const Problems = createContext<FieldError[]>([]);

/** What is wrong at exactly this path. */
export function useProblem(path: string): string | undefined {
  return useContext(Problems).find((problem) => problem.path === path)?.message;
}

/** What is wrong at or below this path and is shown by no field of its own. */
export function useProblemsBelow(path: string): FieldError[] {
  return useContext(Problems).filter(
    (problem) =>
      problem.path === path ||
      problem.path.startsWith(`${path}.`) ||
      problem.path.startsWith(`${path}[`),
  );
}
