/** 「試してみる」 for greetings: which one arrives when somebody adds the account or comes back, and why the others do not. */
import { Button, Card, Grid, Input, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel, Rule, RuleTrial } from "../api/types.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { fromWall } from "../i18n/time.ts";
import { journeysQuery } from "../journey/api.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { tryOut } from "./api.ts";
import { type GreetingKind, greetingOf, KINDS, startedBy } from "./greetings.ts";
import { Arrives, Doings, type Reason, Reasons } from "./TryResult.tsx";
import { WhenField } from "./WhenField.tsx";

interface Trial {
  kind: GreetingKind;
  friend: string | null;
  /** In the workspace's zone; empty: now. */
  at: string;
}

interface TryGreetingProps {
  account: Channel;
  rules: Rule[];
}

export function TryGreeting({ account, rules }: TryGreetingProps) {
  const { t } = useTranslation(["greeting", "rule"]);
  const zone = useZone();
  const [trial, setTrial] = useState<Trial>({ kind: "follow", friend: null, at: "" });
  const [result, setResult] = useState<{ answer: RuleTrial; of: Trial; rules: Rule[] }>();
  const put = (more: Partial<Trial>) => setTrial({ ...trial, ...more });
  const act = useAct(
    (of: Trial) => {
      const at = fromWall(of.at, zone);
      return tryOut({
        channel_id: account.id,
        input: { kind: "follow", unblocked: of.kind === "unblock" },
        ...(at === undefined ? {} : { at }),
      });
    },
    { after: (answer, of) => setResult({ answer, of, rules }) },
  );
  // What was found holds for the greetings it was asked of, and for the question that stands there.
  const holds = result && result.of === trial && result.rules === rules;
  return (
    <Card component="section" aria-label={t("try.title")}>
      <Title order={2} fz="md" mb={4}>
        {t("try.title")}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t("try.about")}
      </Text>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              act.mutate(trial);
            }}
          >
            <Stack gap="sm">
              <Input.Wrapper label={t("try.way")} labelElement="div">
                <SegmentedControl
                  fullWidth
                  aria-label={t("try.way")}
                  value={trial.kind}
                  onChange={(kind) => put({ kind: kind as GreetingKind })}
                  data={KINDS.map((kind) => ({ value: kind, label: t(`try.ways.${kind}`) }))}
                />
              </Input.Wrapper>
              <FriendSelect
                label={t("rule:try.friend")}
                channel={account.id}
                value={trial.friend}
                onChange={(friend) => put({ friend })}
              />
              <WhenField value={trial.at} onChange={(at) => put({ at })} />
              <Button type="submit" variant="light" loading={act.isPending}>
                {t("rule:try.go")}
              </Button>
            </Stack>
          </form>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          {holds && <Result {...result} account={account.id} />}
        </Grid.Col>
      </Grid>
    </Card>
  );
}

interface ResultProps {
  answer: RuleTrial;
  of: Trial;
  rules: Rule[];
  account: string;
}

function Result({ answer, of, rules, account }: ResultProps) {
  const { t } = useTranslation("greeting");
  const because = useReason(of.kind);
  const { data: journeys } = useQuery(journeysQuery);
  const answering = answer.why.find((one) => one.rule === answer.answer);
  const kindOf = (id: string) => KINDS.find((kind) => kind === triggerOf(rules, id));
  const greetings = answer.why.flatMap((one): Reason[] => {
    const kind = kindOf(one.rule);
    if (!kind) return [];
    return [
      {
        rule: one.rule,
        name: one.name,
        answers: one.rule === answer.answer,
        text: because(one, kind),
      },
    ];
  });
  const others = answer.why.length - greetings.length;
  const started = startedBy(journeys?.items ?? [], account, of.kind).map((one) => one.name);
  const besides = answer.actions.filter(({ action }) => action !== "message");
  const silent = answering && besides.length === answer.actions.length;
  const written = greetingOf(rules, account, of.kind) !== undefined;
  return (
    <Stack gap="sm" role="status">
      <Text fw={600}>
        {answering ? t("try.answers", { name: answering.name }) : t("try.nobody")}
      </Text>
      {!answering && !written && <Text fz="sm">{t(`try.nobodyAbout.${of.kind}`)}</Text>}
      {silent && <Text fz="sm">{t("try.silent")}</Text>}
      <Arrives actions={answer.actions} friend={of.friend} account={account} />
      <Doings actions={besides} />
      {started.length > 0 && (
        <Text fz="sm">{t("try.alsoStarts", { list: started.join("、") })}</Text>
      )}
      <Reasons title={t("try.why")} reasons={greetings} />
      {others > 0 && (
        <Text fz="xs" c="dimmed">
          {t("try.others", { n: others })}
        </Text>
      )}
    </Stack>
  );
}

const triggerOf = (rules: Rule[], id: string) => rules.find((one) => one.id === id)?.trigger.on;

type Verdict = RuleTrial["why"][number];

/** Why a greeting of a kind arrives or not, in words of greetings. */
function useReason(tried: GreetingKind): (verdict: Verdict, kind: GreetingKind) => string {
  const { t } = useTranslation("greeting");
  return ({ why }, kind) => {
    if (kind !== tried) return t(`why.for_${kind}`);
    switch (why.why) {
      case "earlier":
        return t("why.earlier", { name: why.name });
      case "no_match":
        return t(`why.for_${kind}`);
      default:
        return t(`why.${why.why}`);
    }
  };
}
