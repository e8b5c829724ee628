/** One way to do something at the server: waiting shown, refusals at their fields, else said in a notice. */
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asProblem, formPath, type Problem } from "../api/problem.ts";
import { type Kind, stale } from "../app/query.ts";
import { sentenceOf } from "./problem.ts";

interface Fields {
  setErrors: (errors: Record<string, string>) => void;
}

interface Wishes<In, Out> {
  /** Said when it worked. */
  done?: string;
  /** Kinds whose lists and things are asked for again. */
  stale?: Kind[];
  /** The form whose fields show what was refused. */
  form?: Fields;
  after?: (out: Out, input: In) => unknown;
  /** Instead of the notice, for problems that have a place of their own. */
  otherwise?: (problem: Problem) => boolean;
}

/** Puts refusals at their fields; false when there is none that belongs to a field. */
export function showAtFields(problem: Problem, form: Fields): boolean {
  const own = problem.fields.filter((field) => field.path !== "");
  if (own.length === 0) return false;
  form.setErrors(Object.fromEntries(own.map((field) => [formPath(field.path), field.message])));
  return true;
}

export function useAct<In = void, Out = unknown>(
  act: (input: In) => Promise<Out>,
  wishes: Wishes<In, Out> = {},
) {
  const { t } = useTranslation("common");
  return useMutation({
    mutationFn: act,
    // Without a network we say so at once instead of waiting for one in silence.
    networkMode: "always",
    onSuccess: async (out, input) => {
      await Promise.all((wishes.stale ?? []).map((kind) => stale(kind)));
      if (wishes.done) sayDone(wishes.done);
      await wishes.after?.(out, input);
    },
    onError: (thrown) => {
      const problem = asProblem(thrown);
      if (wishes.otherwise?.(problem)) return;
      if (problem.code === "no_session") return;
      if (wishes.form && showAtFields(problem, wishes.form)) return;
      sayProblem(sentenceOf(problem, t));
    },
  });
}

export function sayDone(message: string): void {
  notifications.show({ message, color: "pine", autoClose: 4_000 });
}

export function sayProblem(message: string): void {
  notifications.show({ message, color: "red", autoClose: 10_000, role: "alert" });
}
