/** 「試してみる」: which rule answers and what arrives, and why the others do not. Nothing is sent. */
import { Alert, Button, Card, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldError, MessageKind, RuleDraft, RuleTrial, TrialInput } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { contactQuery } from "../contact/api.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { fromWall } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { tryOut } from "./api.ts";
import { Arrives, Doings, type Reason, Reasons } from "./TryResult.tsx";
import { WhenField } from "./WhenField.tsx";

const WAYS = ["message", "sent", "postback", "follow", "unblock"] as const;
type Way = (typeof WAYS)[number];
const SENT: MessageKind[] = ["image", "sticker", "video", "audio", "file", "location"];

interface Trial {
  way: Way;
  text: string;
  kind: MessageKind;
  /** `2026-11-22T18:00` in the workspace's zone; empty: now. */
  at: string;
  friend: string | null;
}
const BEGIN: Trial = { way: "message", text: "", kind: "image", at: "", friend: null };

function inputOf({ way, text, kind }: Trial): TrialInput {
  if (way === "message") return { kind: "message", text };
  if (way === "sent") return { kind: "message", text: "", message_kind: kind };
  if (way === "postback") return { kind: "postback", data: text };
  return { kind: "follow", unblocked: way === "unblock" };
}

interface TryBoxProps {
  /** A rule as it is being written, asked as if it were saved. */
  draft?: { id: string | undefined; rule: RuleDraft; ready: boolean };
  onProblems?: (problems: FieldError[]) => void;
}

export function TryBox({ draft, onProblems }: TryBoxProps) {
  const { t } = useTranslation("rule");
  const zone = useZone();
  const { channel, channels } = useAccounts();
  const [trial, setTrial] = useState(BEGIN);
  const [result, setResult] = useState<{ answer: RuleTrial; friend: string | null; way: Way }>();
  const account = draft?.rule.channel_id ?? (channel ?? channels[0])?.id ?? "";
  const act = useAct(
    () => {
      const at = fromWall(trial.at, zone);
      return tryOut({
        channel_id: account,
        input: inputOf(trial),
        ...(at === undefined ? {} : { at }),
        ...(draft ? { draft: { rule: draft.rule, ...(draft.id ? { id: draft.id } : {}) } } : {}),
      });
    },
    {
      after: (answer) => setResult({ answer, friend: trial.friend, way: trial.way }),
      otherwise: (problem) => {
        onProblems?.(problem.fields);
        return onProblems !== undefined && problem.fields.length > 0;
      },
    },
  );
  const words = trial.way === "message" || trial.way === "postback";
  const asked = !words || trial.text.trim() !== "";
  return (
    <Card>
      <Title order={2} fz="md" mb={4}>
        {t("try.title")}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t(draft ? "try.aboutDraft" : "try.about")}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <Stack gap="sm">
          <TrialFields trial={trial} account={account} onChange={setTrial} />
          {draft && !draft.ready && (
            <Text fz="sm" c="dimmed">
              {t("try.notReady")}
            </Text>
          )}
          <Button
            type="submit"
            variant="light"
            loading={act.isPending}
            disabled={!asked || draft?.ready === false}
          >
            {t("try.go")}
          </Button>
        </Stack>
      </form>
      {result && <Result {...result} account={account} draft={draft !== undefined} />}
    </Card>
  );
}

interface FieldsProps {
  trial: Trial;
  account: string;
  onChange: (trial: Trial) => void;
}

function TrialFields({ trial, account, onChange }: FieldsProps) {
  const { t } = useTranslation(["rule", "common"]);
  const put = (more: Partial<Trial>) => onChange({ ...trial, ...more });
  const { way } = trial;
  return (
    <>
      <Select
        label={t("try.way")}
        allowDeselect={false}
        data={WAYS.map((one) => ({ value: one, label: t(`try.ways.${one}`) }))}
        value={way}
        onChange={(one) => one && put({ way: one as Way })}
      />
      {way === "message" && (
        <TextInput
          label={t("try.textLabel")}
          placeholder={t("try.text")}
          value={trial.text}
          onChange={(event) => put({ text: event.currentTarget.value })}
        />
      )}
      {way === "postback" && (
        <TextInput
          label={t("data")}
          value={trial.text}
          onChange={(event) => put({ text: event.currentTarget.value })}
        />
      )}
      {way === "sent" && (
        <Select
          label={t("kinds")}
          allowDeselect={false}
          data={SENT.map((kind) => ({ value: kind, label: t(`common:kind.${kind}`) }))}
          value={trial.kind}
          onChange={(kind) => kind && put({ kind: kind as MessageKind })}
        />
      )}
      <FriendSelect
        label={t("try.friend")}
        channel={account}
        value={trial.friend}
        onChange={(friend) => put({ friend })}
      />
      <WhenField value={trial.at} onChange={(at) => put({ at })} />
    </>
  );
}

interface ResultProps {
  answer: RuleTrial;
  friend: string | null;
  way: Way;
  account: string;
  draft: boolean;
}

function Result({ answer, friend, way, account, draft }: ResultProps) {
  const { t } = useTranslation("rule");
  const nameOf = (name: string) => name.trim() || t("try.unnamed");
  // Who adds the account becomes a friend by that.
  const befriends = way === "follow" || way === "unblock";
  const answering = answer.why.find((one) => one.rule === answer.answer);
  const reasons = answer.why.map(
    ({ rule, name, text }): Reason => ({
      rule,
      name: nameOf(name),
      answers: rule === answer.answer,
      text,
    }),
  );
  return (
    <Stack gap="sm" mt="md" role="status">
      {draft && answer.hidden_by && (
        <Alert color="yellow">{t("hidden", { name: answer.hidden_by.name })}</Alert>
      )}
      {friend && !befriends && <FriendState id={friend} account={account} />}
      <Text fw={600} fz="sm">
        {answering ? t("try.answers", { name: nameOf(answering.name) }) : t("try.nobody")}
      </Text>
      <Doings actions={answer.actions} />
      <Arrives actions={answer.actions} friend={friend} account={account} />
      <Reasons title={t("try.why")} reasons={reasons} />
    </Stack>
  );
}

/** A rule answers whoever writes; only who is a friend can be reached later. */
function FriendState({ id, account }: { id: string; account: string }) {
  const { t } = useTranslation("rule");
  const { data } = useQuery(contactQuery(id));
  const state = data?.friendships.find((one) => one.channel_id === account)?.state;
  if (!data || state === "friend") return null;
  return <Alert color="yellow">{t(state === "blocked" ? "try.blocked" : "try.noFriend")}</Alert>;
}
