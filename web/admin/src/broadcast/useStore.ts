/** A broadcast's plan as a draft at the server: put there, asked for again, and never over somebody else's. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastWithCounts, Bubble, Template } from "../api/types.ts";
import { queryClient, stale } from "../app/query.ts";
import { dateOnly } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import {
  create as createTemplate,
  templateQuery,
  update as updateTemplate,
} from "../template/api.ts";
import { useAct } from "../ui/act.ts";
import { type Draft, useIntent } from "../ui/draft.ts";
import { broadcastQuery, create, update } from "./api.ts";
import { draftOf, type Plan, planOf } from "./plan.ts";

/** What was written for one broadcast alone. */
export const ownWords = ({ made_for, messages }: Template): Bubble[] | undefined =>
  made_for === "broadcast" ? messages : undefined;

/** The draft as it stands now, and its words where they are its own. */
export async function atServer(id: string) {
  await stale("broadcast", id);
  await stale("template");
  const broadcast = await queryClient.fetchQuery(broadcastQuery(id));
  const template = await queryClient.fetchQuery(templateQuery(broadcast.template_id));
  return { broadcast, written: ownWords(template) };
}

/** Saves plan and written messages as a draft at the server; tells when somebody else has changed it meanwhile. */
export function useStore(draft: Draft<Plan>, after: (saved: Broadcast, step: number) => void) {
  const { t } = useTranslation("broadcast");
  const zone = useZone();
  const intent = useIntent("broadcast.new");
  const [conflict, setConflict] = useState<BroadcastWithCounts>();
  const lookAgain = async (id: string) => {
    await stale("broadcast", id);
    setConflict(await queryClient.fetchQuery(broadcastQuery(id)));
  };
  const act = useAct(
    async ({ plan }: { plan: Plan; step: number }) => {
      const name = plan.name.trim() || t("untitled", { day: dateOnly(Date.now(), zone) });
      return storeDraft({ ...plan, name }, t("folder"), zone, intent.keyFor);
    },
    {
      stale: ["broadcast", "template"],
      after: (saved, { plan, step }) => {
        intent.done();
        const { id, revision, template_id } = saved;
        draft.settle(plan, (mine) => ({ ...mine, id, revision, template_id }));
        after(saved, step);
      },
      otherwise: ({ code }) => {
        const { id } = draft.value;
        if (code !== "edited_meanwhile" || !id) return false;
        void lookAgain(id);
        return true;
      },
    },
  );
  const settle = (whose: "mine" | "theirs") => {
    if (!conflict) return;
    setConflict(undefined);
    if (whose === "theirs") {
      draft.forget(planOf(conflict, zone, Date.now()));
      return;
    }
    const plan = { ...draft.value, revision: conflict.revision };
    draft.set(plan);
    act.mutate({ plan, step: 3 });
  };
  return {
    save: (step: number) => act.mutate({ plan: draft.value, step }),
    saving: act.isPending,
    conflict,
    settle,
  };
}

async function storeDraft(
  plan: Plan,
  folder: string,
  zone: string,
  keyFor: (wish: unknown) => string,
): Promise<Broadcast> {
  const { id, name, messages } = plan;
  const written = { name, messages };
  if (plan.source === "template" || !plan.template_id) {
    const template =
      plan.source === "template"
        ? (plan.template_id ?? "")
        : (await createTemplate({ ...written, folder, made_for: "broadcast" })).id;
    const body = draftOf(plan, template, zone);
    return id ? update(id, body) : create(keyFor(body), body);
  }
  if (!id) {
    await updateTemplate(plan.template_id, written);
    const body = draftOf(plan, plan.template_id, zone);
    return create(keyFor(body), body);
  }
  // The draft is asked first, so that words are not written over somebody else's; then it takes the new words.
  const { revision } = await update(id, draftOf(plan, plan.template_id, zone));
  await updateTemplate(plan.template_id, written);
  return update(id, draftOf({ ...plan, revision }, plan.template_id, zone));
}
