/** What is being written of a scenario: kept in this browser, undone and redone, saved, and never over somebody else's. */
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldError, Graph, Journey, JourneyNode } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { useDraft } from "../ui/draft.ts";
import { create, update } from "./api.ts";
import { draftOf } from "./steps.ts";
import { useGaps } from "./useGaps.ts";
import { useHistory } from "./useHistory.ts";

export interface JourneyWork {
  name: string;
  channel_id: string;
  graph: Graph;
  /** What it was made from. */
  revision: number;
}

export const workOf = ({ name, channel_id, graph, revision }: Journey): JourneyWork => ({
  name,
  channel_id,
  graph,
  revision,
});

export function useJourneyWork(journey: Journey | undefined, begin: JourneyWork) {
  const { t } = useTranslation(["journey", "common"]);
  const navigate = useNavigate();
  const draft = useDraft<JourneyWork>(`journey.${journey?.id ?? "new"}`, begin);
  const history = useHistory<Graph>();
  const [problems, setProblems] = useState<FieldError[]>([]);
  const gaps = useGaps();
  const work = draft.value;
  const { touched, follow } = draft;

  // Nothing of one's own is at stake: the page shows what somebody else saved.
  useEffect(() => {
    if (journey && !touched && work.revision !== journey.revision) follow(workOf(journey));
  }, [journey, touched, work.revision, follow]);

  const put = (more: Partial<JourneyWork>) => draft.set((before) => ({ ...before, ...more }));
  const setGraph = (graph: Graph, what = "") => {
    history.note(work.graph, what);
    setProblems([]);
    put({ graph });
  };
  const back = (way: "undo" | "redo") => {
    const graph = history[way](work.graph);
    if (!graph) return;
    setProblems([]);
    put({ graph });
  };
  const save = useAct(
    ({ from, revision }: { from: JourneyWork; revision: number }) => {
      const body = draftOf(from.name.trim() || t("untitled"), from.channel_id, from.graph);
      return journey ? update(journey.id, { ...body, revision }) : create(body);
    },
    {
      done: t("common:saved"),
      after: async (saved, { from }) => {
        setProblems([]);
        const over = (mine: JourneyWork) => ({
          ...mine,
          name: mine.name === from.name ? saved.name : mine.name,
          revision: saved.revision,
        });
        draft.settle(from, over, journey ? undefined : `journey.${saved.id}`);
        await stale("journey");
        if (!journey)
          await navigate({ to: "/journeys/$id", params: { id: saved.id }, replace: true });
      },
      otherwise: (problem) => {
        if (problem.code === "edited_meanwhile") {
          void stale("journey", journey?.id);
          return true;
        }
        setProblems(problem.fields);
        const own = problem.fields.some((one) => one.path !== "");
        if (own) sayProblem(t("mendFirst"));
        return own;
      },
    },
  );
  return {
    work,
    draft,
    history,
    problems,
    setProblems,
    put,
    setGraph,
    putGraph: (more: Partial<Graph>) => setGraph({ ...work.graph, ...more }),
    setNodes: (nodes: JourneyNode[], what?: string) => setGraph({ ...work.graph, nodes }, what),
    undo: history.canUndo ? () => back("undo") : undefined,
    redo: history.canRedo ? () => back("redo") : undefined,
    saving: save.isPending,
    /** Saves; refused when somebody saved after `revision`. */
    save: (revision = work.revision) => {
      const open = gaps(work.graph);
      setProblems(open);
      if (open.length > 0) sayProblem(t("mendFirst"));
      else save.mutate({ from: work, revision });
    },
    /** Somebody saved while something of one's own is not saved. */
    newer:
      journey && touched && !save.isPending && journey.revision > (work.revision ?? 0)
        ? journey
        : undefined,
  };
}

export type JourneyDesk = ReturnType<typeof useJourneyWork>;
