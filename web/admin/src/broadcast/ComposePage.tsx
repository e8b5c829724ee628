/** A broadcast in four steps: 配信先 → 内容 → 日時 → 確認. Nothing leaves before the last button of the last step. */
import { Button, Group, Stepper } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, Template } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { useZone } from "../session/api.ts";
import { templateQuery } from "../template/api.ts";
import { sayProblem } from "../ui/act.ts";
import { DraftFound } from "../ui/DraftFound.tsx";
import { type Draft, dropDraft, useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { broadcastQuery, forgetLook } from "./api.ts";
import { CheckStep } from "./CheckStep.tsx";
import { DraftConflict } from "./Conflict.tsx";
import { ContentStep } from "./ContentStep.tsx";
import { Gone, useFate } from "./Gone.tsx";
import { emptyPlan, lackBefore, type Plan, planOf } from "./plan.ts";
import { StepHeading, useStepHeading } from "./StepHeading.tsx";
import { STEPS } from "./steps.ts";
import { TargetStep } from "./TargetStep.tsx";
import { TimeStep } from "./TimeStep.tsx";
import { useNewest } from "./useNewest.ts";
import { useStep } from "./useStep.ts";
import { atServer, ownWords, theirs, useStore } from "./useStore.ts";

const route = getRouteApi("/shell/broadcasts/new");

export default function ComposePage() {
  const { draft: named, step } = route.useSearch();
  // Stored for the first time the page goes on under the draft's address; without one again, it begins another.
  const [page, setPage] = useState<{ n: number; at?: string; begun?: string }>({ n: 0 });
  // Back to a step from before it was stored is no other draft.
  const draft = named ?? (step && page.at);
  if (page.at !== draft) setPage(draft ? { ...page, at: draft } : { n: page.n + 1 });
  if (draft && draft !== page.begun) return <Stored key={draft} id={draft} />;
  const begun = (id: string) => setPage((before) => ({ ...before, begun: id }));
  return <Begin key={page.n} {...(page.begun ? { id: page.begun } : {})} begun={begun} />;
}

const NEW = "broadcast.new";
const CHECK = STEPS.indexOf("check");

function Begin({ id, begun }: { id?: string; begun: (id: string) => void }) {
  const { channel, channels } = useAccounts();
  const plan = useDraft<Plan>(
    id ? `broadcast.${id}` : NEW,
    emptyPlan((channel ?? channels[0])?.id ?? ""),
  );
  // From here on it is a draft among others; the next one begins empty.
  useEffect(() => {
    if (id) dropDraft(NEW);
  }, [id]);
  const fate = useFate(id ?? null);
  if (id && fate !== "draft") return <Gone id={id} fate={fate} draft={plan} />;
  return <Steps draft={plan} begun={begun} />;
}

function Stored({ id }: { id: string }) {
  const query = useQuery(broadcastQuery(id));
  // What was written for a draft that is gone by now.
  const rest = useDraft<Plan>(`broadcast.${id}`, emptyPlan(""));
  const fate = useFate(id);
  if (fate === "deleted" && rest.found && !query.data)
    return <Gone id={id} fate={fate} draft={rest} />;
  return <Loaded query={query}>{(broadcast) => <Message broadcast={broadcast} />}</Loaded>;
}

/** What was written for this broadcast alone is written on, not chosen. */
function Message({ broadcast }: { broadcast: Broadcast }) {
  const query = useQuery(templateQuery(broadcast.template_id));
  return (
    <Loaded query={query}>
      {(template) => <GoOn broadcast={broadcast} written={ownWords(template)} />}
    </Loaded>
  );
}

function GoOn({ broadcast, written }: { broadcast: Broadcast; written: Template | undefined }) {
  const zone = useZone();
  const stored = planOf(broadcast, zone, Date.now(), written);
  const draft = useDraft<Plan>(`broadcast.${broadcast.id}`, stored);
  const fate = useFate(broadcast.id);
  if (fate !== "draft") return <Gone id={broadcast.id} fate={fate} draft={draft} />;
  return <Steps draft={draft} stored={{ broadcast, plan: stored }} />;
}

interface StepsProps {
  draft: Draft<Plan>;
  /** What the server has of it, where it is looked at. */
  stored?: { broadcast: Broadcast; plan: Plan };
  /** Told once the server has it. */
  begun?: (id: string) => void;
}

function Steps({ draft, stored, begun }: StepsProps) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  const [saved, setSaved] = useState<Broadcast>();
  const known = stored?.broadcast;
  const broadcast = known && known.revision >= (saved?.revision ?? 0) ? known : saved;
  const plan = draft.value;
  const { at, go: open } = useStep(plan.id, (wanted) => {
    const most = lackBefore(plan, wanted, zone, Date.now())?.at ?? wanted;
    // What is checked and sent is what is stored.
    return Math.min(most, plan.id && !draft.touched ? CHECK : CHECK - 1);
  });
  const put = (more: Partial<Plan>) => draft.set((before) => ({ ...before, ...more }));
  const store = useStore(draft, (saved, { step, all }) => {
    begun?.(saved.id);
    forgetLook(saved.id);
    setSaved(saved);
    if (all) return open(step, { draft: saved.id });
    sayProblem(t("typedMeanwhile"));
    return open(at, { draft: saved.id, replace: true });
  });
  useNewest(draft, { stored: stored?.plan, saving: store.saving });
  const reload = async () => {
    if (!broadcast) return;
    const fresh = await atServer(broadcast.id);
    forgetLook(broadcast.id);
    draft.forget(theirs(fresh, zone));
    setSaved(fresh.broadcast);
  };
  const forward = (to: number, plan: Plan) => {
    const lack = lackBefore(plan, to, zone, Date.now());
    if (lack) {
      void open(lack.at);
      return sayProblem(t(`lack.${lack.what}`));
    }
    // From the message on there is something to keep: the draft stands in the list, also if this browser is lost.
    if (to >= 2) store.save(plan, to);
    else void open(to);
  };
  const go = (to: number) => (to <= at ? void open(to) : forward(to, plan));
  const settle = (whose: "mine" | "theirs") => {
    const mine = store.settle(whose);
    if (mine) forward(mine.step, mine.plan);
  };
  return (
    <Page title={t("add")} back={{ to: "/broadcasts", label: t("title") }}>
      {at < CHECK && <DraftFound draft={draft} drop={() => draft.forget()} />}
      {store.conflict && <DraftConflict theirs={store.conflict} choose={settle} />}
      <Where at={at} go={go} />
      {at === 0 && <TargetStep plan={plan} put={put} />}
      {at === 1 && <ContentStep plan={plan} put={put} />}
      {at === 2 && <TimeStep plan={plan} put={put} />}
      {at === CHECK && broadcast && (
        <CheckStep
          broadcast={broadcast}
          plan={plan}
          forget={draft.forget}
          edit={open}
          reload={reload}
        />
      )}
      {at < CHECK && <BackAndOn at={at} go={go} saving={store.saving} />}
    </Page>
  );
}

interface Way {
  at: number;
  go: (to: number) => void;
}

/** Which steps there are, and which one this is; on a phone in words. */
function Where({ at, go }: Way) {
  const { t } = useTranslation("broadcast");
  const narrow = useMediaQuery("(max-width: 47.99em)", false);
  const heading = useStepHeading(at);
  return (
    <>
      <Stepper
        active={at}
        onStepClick={go}
        size="sm"
        mb={narrow ? "xs" : "lg"}
        allowNextStepsSelect={false}
        iconSize={32}
      >
        {STEPS.map((step, n) => (
          <Stepper.Step
            key={step}
            label={narrow ? "" : t(`step.${step}`)}
            aria-label={t(`step.${step}`)}
            {...(n === at ? { "aria-current": "step" } : {})}
          />
        ))}
      </Stepper>
      <StepHeading narrow={narrow} heading={heading}>
        {t("stepOf", { n: at + 1, all: STEPS.length, name: t(`step.${STEPS[at] ?? "check"}`) })}
      </StepHeading>
    </>
  );
}

/** The last step has buttons of its own. */
function BackAndOn({ at, go, saving }: Way & { saving: boolean }) {
  const { t } = useTranslation(["broadcast", "common"]);
  return (
    <Group justify="space-between" mt="xl" maw={at === 1 ? "none" : 820} mx="auto">
      {at > 0 ? (
        <Button variant="default" onClick={() => go(at - 1)}>
          {t("common:back")}
        </Button>
      ) : (
        <span />
      )}
      <Button size="md" loading={saving} onClick={() => go(at + 1)}>
        {at === 2 ? t("toCheck") : t("common:next")}
      </Button>
    </Group>
  );
}
