/** 確認: who, how many, what it costs, who will not get it and why; then the only button that sends. */
import { Alert, Button, Group } from "@mantine/core";
import { useIsFetching, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastPreview } from "../api/types.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { ApprovalNote } from "./ApprovalNote.tsx";
import { broadcastQuery, checkQuery, previewQuery } from "./api.ts";
import { CheckView } from "./CheckView.tsx";
import { Findings } from "./Findings.tsx";
import { warningsOf, worstOf } from "./findings.ts";
import type { Plan } from "./plan.ts";
import { SendButton } from "./SendButton.tsx";
import { TestSend } from "./TestSend.tsx";
import { useApproval } from "./useApproval.ts";
import { type LookOf, useLook } from "./useLook.ts";

interface CheckStepProps {
  broadcast: Broadcast;
  plan: Plan;
  forget: () => void;
  edit: (step: number) => unknown;
  /** Takes what stands at the server now. */
  reload: () => Promise<void>;
}

export function CheckStep(props: CheckStepProps) {
  const query = useQuery(previewQuery(props.broadcast.id));
  const look = useLook(query.data?.seen, props.reload);
  return (
    <>
      {look.changed && <ChangedNote look={look} />}
      <Loaded query={query}>
        {(preview) => <Check {...props} preview={preview} look={look} />}
      </Loaded>
    </>
  );
}

/** Somebody changed it between the look and the button. */
export function ChangedNote({ look }: { look: LookOf }) {
  const { t } = useTranslation(["broadcast", "common"]);
  return (
    <Alert color="yellow" mb="md" role="alert" title={t("changed.title")}>
      {t(look.failed ? "changed.failed" : "changed.about")}
      {look.failed && (
        <Button size="xs" mt="sm" display="block" onClick={() => look.takeNew()}>
          {t("common:retry")}
        </Button>
      )}
    </Alert>
  );
}

/** Everything the checks found, and whether a person has read the warnings. */
export function useFindings(broadcast: Broadcast, preview: BroadcastPreview) {
  const { data, isFetching, isStale } = useQuery(checkQuery(broadcast.id));
  const own = useIsFetching({ queryKey: broadcastQuery(broadcast.id).queryKey, exact: true });
  const people = useIsFetching({ queryKey: previewQuery(broadcast.id).queryKey });
  const [read, setRead] = useState("");
  const findings = data && [...data, ...(preview.variables ? [preview.variables] : [])];
  const { n, signature } = warningsOf(findings ?? []);
  const seen = n === 0 || read === signature;
  return {
    findings,
    seen: { value: seen, set: (value: boolean) => setRead(value ? signature : "") },
    ready: findings !== undefined && worstOf(findings) !== "stop" && seen,
    // Asking whether links have answered by now is no new look.
    counting: own + people > 0 || (isFetching && isStale),
  };
}

function Check(props: CheckStepProps & { preview: BroadcastPreview; look: LookOf }) {
  const { broadcast, plan, forget, edit, preview, look } = props;
  const { t } = useTranslation("common");
  const { findings, seen, ready, counting } = useFindings(broadcast, preview);
  const approval = useApproval(broadcast.id, preview.recipients);
  const navigate = useNavigate();
  const sent = async () => {
    forget();
    await navigate({ to: "/broadcasts/$id", params: { id: broadcast.id } });
  };
  return (
    <CheckView
      broadcast={broadcast}
      plan={plan}
      preview={preview}
      edit={edit}
      checks={<Findings findings={findings} seen={seen} />}
    >
      <ApprovalNote id={broadcast.id} approval={approval} />
      <Group justify="space-between" align="flex-start" mt="md">
        <Button variant="default" size="md" onClick={() => edit(2)}>
          {t("back")}
        </Button>
        <Group align="flex-start" justify="flex-end" flex={1}>
          <TestSend id={broadcast.id} channel={broadcast.channel_id} seen={preview.seen} />
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
      </Group>
    </CheckView>
  );
}
