/** A broadcast in four steps: 配信先 → 内容 → 日時 → 確認. Nothing leaves before the last button of the last step. */
import { Button, Group, Stepper, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate, useNavigate } from "@tanstack/react-router";
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
import { emptyPlan, missing, type Plan, planOf, STEPS } from "./plan.ts";
import { TargetStep } from "./TargetStep.tsx";
import { TimeStep } from "./TimeStep.tsx";
import { useNewest } from "./useNewest.ts";
import { atServer, theirs, useStore } from "./useStore.ts";

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
      {(template) => (
        <GoOn
          broadcast={broadcast}
          {...(template.folder === t("folder") ? { written: template } : {})}
        />
      )}
    </Loaded>
  );
}

function GoOn({ broadcast, written }: { broadcast: Broadcast; written?: Template }) {
  const zone = useZone();
  const stored = planOf(broadcast, zone, Date.now(), written);
  return <Steps draft={useDraft<Plan>(`broadcast.${broadcast.id}`, stored)} stored={stored} />;
}

interface StepsProps {
  draft: Draft<Plan>;
  /** What the server has of it, where it is looked at. */
  stored?: Plan;
  /** Told once the server has it. */
  begun?: (id: string) => void;
}

function Steps({ draft, stored, begun }: StepsProps) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  const [at, setAt] = useState(0);
  const [broadcast, setBroadcast] = useState<Broadcast>();
  const plan = draft.value;
  const put = (more: Partial<Plan>) => draft.set((before) => ({ ...before, ...more }));
  const store = useStore(draft, (saved, { step, all }) => {
    begun?.(saved.id);
    forgetLook(saved.id);
    setBroadcast(saved);
    // What is checked and sent is what is stored.
    if (all) setAt(step);
    else sayProblem(t("typedMeanwhile"));
  });
  useNewest(draft, { stored, saving: store.saving });
  const reload = async () => {
    if (!broadcast) return;
    const fresh = await atServer(broadcast.id, t("folder"));
    forgetLook(broadcast.id);
    draft.forget(theirs(fresh, zone));
    setBroadcast(fresh.broadcast);
  };
  const forward = (to: number, plan: Plan) => {
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
    if (to >= 2) store.save(plan, to);
    else setAt(to);
  };
  const go = (to: number) => (to <= at ? setAt(to) : forward(to, plan));
  const settle = (whose: "mine" | "theirs") => {
    const mine = store.settle(whose);
    if (mine) forward(mine.step, mine.plan);
  };
  return (
    <Page title={t("add")} back={{ to: "/broadcasts", label: t("title") }}>
      {at < 3 && <DraftFound draft={draft} drop={() => draft.forget()} />}
      {store.conflict && <DraftConflict theirs={store.conflict} choose={settle} />}
      <Where at={at} go={go} />
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
      {at < 3 && <BackAndOn at={at} go={go} saving={store.saving} />}
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
      {narrow && (
        <Text fw={650} mb="md">
          {t("stepOf", { n: at + 1, all: STEPS.length, name: t(`step.${STEPS[at] ?? "check"}`) })}
        </Text>
      )}
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
