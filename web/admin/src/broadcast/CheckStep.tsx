/** 確認: who, how many, what it costs, who will not get it and why; then the only button that sends. */
import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastPreview } from "../api/types.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { ApprovalNote } from "./ApprovalNote.tsx";
import { checkQuery, previewQuery } from "./api.ts";
import { CheckView } from "./CheckView.tsx";
import { Findings } from "./Findings.tsx";
import { warningsOf, worstOf } from "./findings.ts";
import type { Plan } from "./plan.ts";
import { SendButton } from "./SendButton.tsx";
import { TestSend } from "./TestSend.tsx";
import { useApproval } from "./useApproval.ts";

interface CheckStepProps {
  broadcast: Broadcast;
  plan: Plan;
  forget: () => void;
  edit: (step: number) => void;
}

export function CheckStep(props: CheckStepProps) {
  const query = useQuery(previewQuery(props.broadcast.id));
  return <Loaded query={query}>{(preview) => <Check {...props} preview={preview} />}</Loaded>;
}

/** Everything the checks found, and whether a person has read the warnings. */
export function useFindings(broadcast: Broadcast, preview: BroadcastPreview) {
  const { data } = useQuery(checkQuery(broadcast.id));
  const [read, setRead] = useState("");
  const findings = data && [...data, ...(preview.variables ? [preview.variables] : [])];
  const { n, signature } = warningsOf(findings ?? []);
  const seen = n === 0 || read === signature;
  return {
    findings,
    seen: { value: seen, set: (value: boolean) => setRead(value ? signature : "") },
    ready: findings !== undefined && worstOf(findings) !== "stop" && seen,
  };
}

function Check(props: CheckStepProps & { preview: BroadcastPreview }) {
  const { broadcast, plan, forget, edit, preview } = props;
  const { t } = useTranslation("common");
  const { findings, seen, ready } = useFindings(broadcast, preview);
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
          <TestSend id={broadcast.id} channel={broadcast.channel_id} />
          <SendButton
            broadcast={broadcast}
            plan={plan}
            preview={preview}
            approval={approval}
            ready={ready}
            sent={sent}
          />
        </Group>
      </Group>
    </CheckView>
  );
}
