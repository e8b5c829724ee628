/** 「試してみる」: which rule answers and what arrives, and why the others do not. Nothing is sent. */
import { Alert, Button, Card, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActionSentence } from "../action/useSentence.ts";
import type { FieldError, MessageKind, RuleDraft, RuleTrial, TrialInput } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { contactQuery } from "../contact/api.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { fromWall } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { Preview } from "../template/Preview.tsx";
import { useAct } from "../ui/act.ts";
import { tryOut } from "./api.ts";

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
  const [result, setResult] = useState<{ answer: RuleTrial; friend: string | null }>();
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
      after: (answer) => setResult({ answer, friend: trial.friend }),
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
      <TextInput
        type="datetime-local"
        label={t("try.at")}
        description={t("try.atAbout")}
        value={trial.at}
        onChange={(event) => put({ at: event.currentTarget.value })}
      />
    </>
  );
}

interface ResultProps {
  answer: RuleTrial;
  friend: string | null;
  account: string;
  draft: boolean;
}

function Result({ answer, friend, account, draft }: ResultProps) {
  const { t } = useTranslation("rule");
  const sentence = useActionSentence();
  const answering = answer.why.find((one) => one.rule === answer.answer);
  const nameOf = (name: string) => name.trim() || t("try.unnamed");
  const templates = answer.actions.flatMap((action) =>
    action.action === "message" ? [action.template] : [],
  );
  return (
    <Stack gap="sm" mt="md" role="status">
      {draft && answer.hidden_by && (
        <Alert color="yellow">{t("hidden", { name: answer.hidden_by.name })}</Alert>
      )}
      {friend && <FriendState id={friend} account={account} />}
      <Text fw={600} fz="sm">
        {answering ? t("try.answers", { name: nameOf(answering.name) }) : t("try.nobody")}
      </Text>
      {answer.actions.map((action, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
        <Text key={n} fz="sm">
          → {sentence(action)}
        </Text>
      ))}
      {templates.map((template, n) => (
        <Preview
          // biome-ignore lint/suspicious/noArrayIndexKey: the same template may be said twice
          key={n}
          template_id={template}
          channel_id={account}
          {...(friend ? { contact_id: friend } : {})}
          height="auto"
        />
      ))}
      <Text fz="sm" fw={600} component="h3" m={0}>
        {t("try.why")}
      </Text>
      <Stack gap={6} component="ul" style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {answer.why.map((one) => {
          const answers = one.rule === answer.answer;
          const Sign = answers ? IconCircleCheck : IconCircleX;
          return (
            <Group component="li" key={one.rule} gap={8} wrap="nowrap" align="flex-start">
              <Sign
                size={17}
                aria-hidden
                style={{ flex: "none", marginTop: 2 }}
                color={`var(--mantine-color-${answers ? "pine-7" : "gray-5"})`}
              />
              <Text fz="xs">
                <strong>{nameOf(one.name)}</strong> {one.text}
              </Text>
            </Group>
          );
        })}
      </Stack>
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
