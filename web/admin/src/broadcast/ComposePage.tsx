/** A broadcast in four steps: 配信先 → 内容 → 日時 → 確認. Nothing leaves before the last button of the last step. */
import { Alert, Button, Group, Stepper, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastWithCounts, Bubble } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { queryClient, stale } from "../app/query.ts";
import { dateOnly } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import {
  create as createTemplate,
  templateQuery,
  update as updateTemplate,
} from "../template/api.ts";
import { sayProblem, useAct } from "../ui/act.ts";
import { type Draft, dropDraft, useDraft, useIntent } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { broadcastQuery, create, forgetLook, update } from "./api.ts";
import { CheckStep } from "./CheckStep.tsx";
import { DraftConflict } from "./Conflict.tsx";
import { ContentStep } from "./ContentStep.tsx";
import { draftOf, emptyPlan, missing, type Plan, planOf, STEPS } from "./plan.ts";
import { TargetStep } from "./TargetStep.tsx";
import { TimeStep } from "./TimeStep.tsx";

const route = getRouteApi("/shell/broadcasts/new");

export default function ComposePage() {
  const { draft } = route.useSearch();
  // Stored for the first time the page goes on under the draft's address; without one again, it begins another.
  const [page, setPage] = useState<{ n: number; at?: string; begun?: string }>({ n: 0 });
  if (page.at !== draft) setPage(draft ? { ...page, at: draft } : { n: page.n + 1 });
  if (draft && draft !== page.begun) return <Stored key={draft} id={draft} />;
  const begun = (id: string) => setPage((before) => ({ ...before, begun: id }));
  return <Begin key={page.n} {...(page.begun ? { id: page.begun } : {})} begun={begun} />;
}

const NEW = "broadcast.new";

function Begin({ id, begun }: { id?: string; begun: (id: string) => void }) {
  const { channel, channels } = useAccounts();
  const navigate = useNavigate();
  const plan = useDraft<Plan>(
    id ? `broadcast.${id}` : NEW,
    emptyPlan((channel ?? channels[0])?.id ?? ""),
  );
  // From here on it is a draft among others; the next one begins empty.
  useEffect(() => {
    if (!id) return;
    dropDraft(NEW);
    void navigate({ to: "/broadcasts/new", search: { draft: id }, replace: true });
  }, [id, navigate]);
  return <Steps draft={plan} begun={begun} />;
}

function Stored({ id }: { id: string }) {
  const query = useQuery(broadcastQuery(id));
  return <Loaded query={query}>{(broadcast) => <Message broadcast={broadcast} />}</Loaded>;
}

/** What was written for this broadcast alone is written on, not chosen. */
function Message({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation("broadcast");
  const query = useQuery(templateQuery(broadcast.template_id));
  if (broadcast.state !== "draft")
    return <Navigate to="/broadcasts/$id" params={{ id: broadcast.id }} replace />;
  return (
    <Loaded query={query}>
      {({ folder, messages }) => (
        <GoOn broadcast={broadcast} {...(folder === t("folder") ? { written: messages } : {})} />
      )}
    </Loaded>
  );
}

function GoOn({ broadcast, written }: { broadcast: Broadcast; written?: Bubble[] }) {
  const zone = useZone();
  const [start] = useState(() => planOf(broadcast, zone, Date.now(), written));
  return <Steps draft={useDraft<Plan>(`broadcast.${broadcast.id}`, start)} />;
}

interface StepsProps {
  draft: Draft<Plan>;
  /** Told once the server has it. */
  begun?: (id: string) => void;
}

function Steps({ draft, begun }: StepsProps) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  const [at, setAt] = useState(0);
  const [broadcast, setBroadcast] = useState<Broadcast>();
  const narrow = useMediaQuery("(max-width: 47.99em)", false);
  const plan = draft.value;
  const put = (more: Partial<Plan>) => draft.set((before) => ({ ...before, ...more }));
  const store = useStore(draft, (saved, step) => {
    begun?.(saved.id);
    forgetLook(saved.id);
    setBroadcast(saved);
    setAt(step);
  });
  const reload = async () => {
    if (!broadcast) return;
    const fresh = await atServer(broadcast.id, t("folder"));
    forgetLook(broadcast.id);
    draft.forget(planOf(fresh.broadcast, zone, Date.now(), fresh.written));
    setBroadcast(fresh.broadcast);
  };
  const go = (to: number) => {
    if (to <= at) return setAt(to);
    // Every step before the wanted one must be complete.
    for (let n = 0; n < to; n++) {
      const step = STEPS[n];
      const lack = step && missing(plan, step, zone, Date.now());
      if (lack) {
        setAt(n);
        return sayProblem(t(`lack.${lack}`));
      }
    }
    // From the message on there is something to keep: the draft stands in the list, also if this browser is lost.
    if (to >= 2) store.save(to);
    else setAt(to);
  };
  return (
    <Page title={t("add")} back={{ to: "/broadcasts", label: t("title") }}>
      {draft.found && at < 3 && (
        <Alert color="blue" mb="md">
          <Group justify="space-between">
            {t("common:draftFound")}
            <Button size="xs" variant="default" onClick={() => draft.forget()}>
              {t("common:draftDrop")}
            </Button>
          </Group>
        </Alert>
      )}
      {store.conflict && <DraftConflict theirs={store.conflict} choose={store.settle} />}
      <Stepper
        active={at}
        onStepClick={go}
        size="sm"
        mb={narrow ? "xs" : "lg"}
        allowNextStepsSelect={false}
        iconSize={32}
      >
        {STEPS.map((step) => (
          <Stepper.Step
            key={step}
            label={narrow ? "" : t(`step.${step}`)}
            aria-label={t(`step.${step}`)}
          />
        ))}
      </Stepper>
      {narrow && (
        <Text fw={650} mb="md">
          {t("stepOf", { n: at + 1, all: STEPS.length, name: t(`step.${STEPS[at] ?? "check"}`) })}
        </Text>
      )}
      {at === 0 && <TargetStep plan={plan} put={put} />}
      {at === 1 && <ContentStep plan={plan} put={put} />}
      {at === 2 && <TimeStep plan={plan} put={put} />}
      {at === 3 && broadcast && (
        <CheckStep
          broadcast={broadcast}
          plan={plan}
          forget={draft.forget}
          edit={setAt}
          reload={reload}
        />
      )}
      {at < 3 && (
        <Group justify="space-between" mt="xl" maw={at === 1 ? "none" : 820} mx="auto">
          {at > 0 ? (
            <Button variant="default" onClick={() => setAt(at - 1)}>
              {t("common:back")}
            </Button>
          ) : (
            <span />
          )}
          <Button size="md" loading={store.saving} onClick={() => go(at + 1)}>
            {at === 2 ? t("toCheck") : t("common:next")}
          </Button>
        </Group>
      )}
    </Page>
  );
}

/** The draft as it stands now, and its words where they are its own. */
async function atServer(id: string, folder: string) {
  await stale("broadcast", id);
  await stale("template");
  const broadcast = await queryClient.fetchQuery(broadcastQuery(id));
  const template = await queryClient.fetchQuery(templateQuery(broadcast.template_id));
  const own = template.folder === folder;
  return { broadcast, written: own ? template.messages : undefined };
}

/** Saves plan and written messages as a draft at the server; tells when somebody else has changed it meanwhile. */
function useStore(draft: Draft<Plan>, after: (saved: Broadcast, step: number) => void) {
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
        // What was typed meanwhile stays, and is not stored yet.
        if (draft.value === plan) draft.forget({ ...plan, id, revision, template_id });
        else draft.set((before) => ({ ...before, id, revision, template_id }));
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
  const written = { name, folder, messages };
  if (plan.source === "template" || !plan.template_id) {
    const template =
      plan.source === "template" ? (plan.template_id ?? "") : (await createTemplate(written)).id;
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
