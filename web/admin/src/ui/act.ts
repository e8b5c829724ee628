/** One way to do something at the server: waiting shown, refusals at their fields, else said in a notice. */
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { wasReplayed } from "../api/client.ts";
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
  otherwise?: (problem: Problem, input: In) => boolean;
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
  const say = useSayThrown();
  // An answer takes a while, and so does asking anew: what is wished then counts, with what was typed in between.
  const latest = useRef(wishes);
  useEffect(() => {
    latest.current = wishes;
  });
  return useMutation({
    mutationFn: act,
    // Without a network we say so at once instead of waiting for one in silence.
    networkMode: "always",
    onSuccess: async (out, input) => {
      await Promise.all((latest.current.stale ?? []).map((kind) => stale(kind)));
      const { done, after } = latest.current;
      if (wasReplayed(out)) sayBefore(t("replayed"));
      else if (done) sayDone(done);
      await after?.(out, input);
    },
    onError: (thrown, input) => {
      const problem = asProblem(thrown);
      const { otherwise, form } = latest.current;
      if (otherwise?.(problem, input)) return;
      if (form && problem.code !== "no_session" && showAtFields(problem, form)) return;
      say(problem);
    },
  });
}

/** Says what was thrown; that the session is over, the shell says. */
export function useSayThrown(): (thrown: unknown) => void {
  const { t } = useTranslation("common");
  return useCallback(
    (thrown) => {
      const problem = asProblem(thrown);
      if (problem.code !== "no_session") sayProblem(sentenceOf(problem, t));
    },
    [t],
  );
}

export function sayDone(message: string): void {
  notifications.show({ message, color: "pine", autoClose: 4_000 });
}

/** Nothing was done now, for it was done before. */
function sayBefore(message: string): void {
  notifications.show({ message, color: "blue", autoClose: 10_000 });
}

export function sayProblem(message: string): void {
  notifications.show({ message, color: "red", autoClose: 10_000, role: "alert" });
}
