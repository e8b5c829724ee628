/** Where the second person decides, often on a phone: the same as the sender saw, then 承認 or 差し戻し. */
import { Alert, Anchor, Button, Card, Group, Stack, Textarea } from "@mantine/core";
import { IconArrowBackUp, IconCheck, IconPencil } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastPreview, BroadcastWithCounts } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { ApprovalNote } from "./ApprovalNote.tsx";
import { approve, broadcastQuery, previewQuery, sendBack } from "./api.ts";
import { ChangedNote, useFindings } from "./CheckStep.tsx";
import { CheckView } from "./CheckView.tsx";
import { Findings } from "./Findings.tsx";
import { planOf } from "./plan.ts";
import { SendButton } from "./SendButton.tsx";
import { useApproval } from "./useApproval.ts";
import { useLook } from "./useLook.ts";

const route = getRouteApi("/shell/broadcasts/$id/approval");

export default function ApprovalPage() {
  const { id } = route.useParams();
  const query = useQuery(broadcastQuery(id));
  return <Loaded query={query}>{(broadcast) => <Draft key={id} broadcast={broadcast} />}</Loaded>;
}

function Draft({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation("broadcast");
  const draft = broadcast.state === "draft";
  const query = useQuery({ ...previewQuery(broadcast.id), enabled: draft });
  if (!draft) return <Navigate to="/broadcasts/$id" params={{ id: broadcast.id }} replace />;
  return (
    <Page
      title={broadcast.name}
      about={t("approval.page")}
      back={{ to: "/broadcasts", label: t("title") }}
    >
      <Loaded query={query}>{(preview) => <Look broadcast={broadcast} preview={preview} />}</Loaded>
    </Page>
  );
}

function Look({
  broadcast,
  preview,
}: {
  broadcast: BroadcastWithCounts;
  preview: BroadcastPreview;
}) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  const navigate = useNavigate();
  const [now] = useState(Date.now);
  const plan = planOf(broadcast, zone, now);
  const approval = useApproval(broadcast.id, preview.recipients);
  const { findings, seen, ready, counting } = useFindings(broadcast, preview);
  const look = useLook(preview.seen, () => stale("broadcast", broadcast.id));
  const asked = broadcast.approval;
  const sent = () => navigate({ to: "/broadcasts/$id", params: { id: broadcast.id } });
  return (
    <CheckView
      broadcast={broadcast}
      plan={plan}
      preview={preview}
      head={
        <>
          {look.changed && <ChangedNote look={look} />}
          {approval?.mine && asked ? (
            <Alert color="blue" title={t("approval.please")}>
              {t("approval.requestedAbout", {
                who: broadcast.names[asked.requested_by] ?? t("approval.somebody"),
                at: dayAndTime(asked.requested_at, zone),
              })}
            </Alert>
          ) : (
            <ApprovalNote id={broadcast.id} approval={approval} />
          )}
        </>
      }
      checks={<Findings findings={findings} {...(approval?.mine ? {} : { seen })} />}
    >
      {approval?.mine ? (
        <Decide
          id={broadcast.id}
          seen={preview.seen}
          counting={counting || look.waits || look.failed}
          changed={look.takeNew}
        />
      ) : (
        <Group justify="space-between" mt="md">
          <Anchor component={Link} to={`/broadcasts/new?draft=${broadcast.id}`} fz="sm">
            <Group gap={6} component="span">
              <IconPencil size={16} aria-hidden />
              {t("approval.edit")}
            </Group>
          </Anchor>
          <SendButton
            broadcast={broadcast}
            plan={plan}
            preview={preview}
            approval={approval}
            ready={ready && !look.failed}
            counting={counting || look.waits}
            changed={look.takeNew}
            sent={sent}
          />
        </Group>
      )}
    </CheckView>
  );
}

interface DecideProps {
  id: string;
  /** What this person was shown. */
  seen: string;
  counting: boolean;
  changed: () => Promise<void>;
}

function Decide({ id, seen, counting, changed }: DecideProps) {
  const { t } = useTranslation("broadcast");
  const comment = useDraft(`broadcast.${id}.comment`, "");
  const [lack, setLack] = useState(false);
  const wishes = { stale: ["broadcast" as const], after: () => comment.forget() };
  const yes = useAct(() => approve(id, comment.value, seen), {
    ...wishes,
    done: t("approval.saidYes"),
    otherwise: ({ code }) => {
      if (code !== "edited_meanwhile") return false;
      void changed();
      return true;
    },
  });
  const no = useAct(() => sendBack(id, comment.value), { ...wishes, done: t("approval.saidNo") });
  const back = () => {
    if (comment.value.trim() === "") return setLack(true);
    no.mutate();
  };
  return (
    <Card component="section" aria-label={t("approval.decide")}>
      <Stack>
        <Textarea
          label={t("approval.comment")}
          description={t("approval.commentHint")}
          autosize
          minRows={2}
          maxLength={1000}
          error={lack && t("approval.commentLack")}
          value={comment.value}
          onChange={(event) => {
            setLack(false);
            comment.set(event.currentTarget.value);
          }}
        />
        <Group justify="space-between">
          <Button
            variant="default"
            size="md"
            leftSection={<IconArrowBackUp size={18} />}
            loading={no.isPending}
            onClick={back}
          >
            {t("approval.no")}
          </Button>
          <Button
            size="md"
            leftSection={<IconCheck size={18} />}
            disabled={counting}
            loading={yes.isPending}
            onClick={() => yes.mutate()}
          >
            {t("approval.yes")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
