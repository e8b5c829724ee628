/** The draft at the server: stored with every step, and never over what a colleague has written since. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api/problem.ts";
import type { Broadcast, BroadcastWithCounts, Template } from "../api/types.ts";
import { queryClient, stale } from "../app/query.ts";
import { dateOnly } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import {
  create as createTemplate,
  templateQuery,
  update as updateTemplate,
} from "../template/api.ts";
import { useAct, useSayThrown } from "../ui/act.ts";
import { type Draft, useIntent } from "../ui/draft.ts";
import { broadcastQuery, create, update } from "./api.ts";
import { draftOf, type Plan, planOf } from "./plan.ts";

/** What was written for one broadcast alone. */
export const ownWords = (template: Template): Template | undefined =>
  template.made_for === "broadcast" ? template : undefined;

interface AtServer {
  broadcast: BroadcastWithCounts;
  template: Template;
  /** Its words, where they are its own. */
  written: Template | undefined;
}

/** The draft as it stands now. */
export async function atServer(id: string): Promise<AtServer> {
  await stale("broadcast", id);
  await stale("template");
  const broadcast = await queryClient.fetchQuery(broadcastQuery(id));
  const template = await queryClient.fetchQuery(templateQuery(broadcast.template_id));
  return { broadcast, template, written: ownWords(template) };
}

/** The plan to go on with from there. */
export const theirs = ({ broadcast, written }: AtServer, zone: string): Plan =>
  planOf(broadcast, zone, Date.now(), written);

/** One's own plan, over what a colleague has stored. */
function over(mine: Plan, { broadcast, template }: AtServer): Plan {
  const same = mine.template_id === template.id;
  return {
    ...mine,
    revision: broadcast.revision,
    number: same ? template.number : mine.number,
  };
}

interface Wish {
  plan: Plan;
  /** Where the page goes on then. */
  step: number;
}

interface Way {
  step: number;
  /** Whether everything is stored; else something was written meanwhile. */
  all: boolean;
}

/** Saves plan and written messages as a draft at the server; tells when somebody else has changed it meanwhile. */
export function useStore(draft: Draft<Plan>, after: (saved: Broadcast, way: Way) => void) {
  const { t } = useTranslation("broadcast");
  const zone = useZone();
  const intent = useIntent("broadcast.new");
  const sayThrown = useSayThrown();
  const [clash, setClash] = useState<AtServer & { step: number }>();
  const act = useAct(
    async ({ plan }: Wish) => {
      const name = plan.name.trim() || t("untitled", { day: dateOnly(Date.now(), zone) });
      return storeDraft({ ...plan, name }, t("folder"), zone, intent.keyFor);
    },
    {
      stale: ["broadcast", "template"],
      after: ({ saved, number }, { plan, step }) => {
        intent.done();
        const all = draft.settle(plan, (mine) => ({
          ...mine,
          id: saved.id,
          revision: saved.revision,
          // Unless another was chosen meanwhile.
          ...(mine.template_id === plan.template_id
            ? { template_id: saved.template_id, number }
            : {}),
        }));
        after(saved, { step, all });
      },
      otherwise: ({ code }, { plan: { id }, step }) => {
        if (code !== "edited_meanwhile" || !id) return false;
        atServer(id).then((now) => setClash({ ...now, step }), sayThrown);
        return true;
      },
    },
  );
  /** Mine: to be stored over theirs, on the way to where one wanted to go. */
  const settle = (whose: "mine" | "theirs"): Wish | undefined => {
    if (!clash) return undefined;
    setClash(undefined);
    if (whose === "theirs") {
      draft.forget(theirs(clash, zone));
      return undefined;
    }
    const plan = over(draft.value, clash);
    draft.set(plan);
    return { plan, step: clash.step };
  };
  return {
    save: (plan: Plan, step: number) => act.mutate({ plan, step }),
    saving: act.isPending,
    conflict: clash?.broadcast,
    settle,
  };
}

interface Stored {
  saved: Broadcast;
  /** The version of its own words. */
  number: number | null;
}

export async function storeDraft(
  plan: Plan,
  folder: string,
  zone: string,
  keyFor: (wish: unknown) => string,
): Promise<Stored> {
  const { id, name, messages, template_id } = plan;
  const written = { name, messages };
  if (plan.source === "template" || !template_id) {
    const own =
      plan.source === "write"
        ? await createTemplate({ ...written, folder, made_for: "broadcast" })
        : undefined;
    const body = draftOf(plan, own?.id ?? template_id ?? "", zone);
    const saved = id ? await update(id, body) : await create(keyFor(body), body);
    return { saved, number: own?.number ?? null };
  }
  const base = plan.number ?? undefined;
  const words = { ...written, ...(base ? { base } : {}) };
  if (!id) {
    const { number } = await updateTemplate(template_id, words);
    const body = draftOf(plan, template_id, zone);
    return { saved: await create(keyFor(body), body), number };
  }
  // Nothing is stored where the words are a colleague's by now, and the draft is asked before they are written.
  const { number: newest } = await queryClient.fetchQuery({
    ...templateQuery(template_id),
    staleTime: 0,
  });
  if (base && newest !== base) throw new Problem({ code: "edited_meanwhile", status: 412 });
  const { revision } = await update(id, draftOf(plan, template_id, zone));
  const { number } = await updateTemplate(template_id, words);
  const saved = await update(id, draftOf({ ...plan, revision }, template_id, zone));
  return { saved, number };
}
