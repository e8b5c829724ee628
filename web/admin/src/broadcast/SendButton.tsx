/** The only button that sends; where a second person must say yes, it asks for that first. */
import { Button, Stack, Text } from "@mantine/core";
import { IconSend, IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastPreview } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useIntent } from "../ui/draft.ts";
import { confirm, requestApproval, safetyQuery } from "./api.ts";
import { mustType } from "./cost.ts";
import type { Plan } from "./plan.ts";
import type { ApprovalOf } from "./useApproval.ts";

interface SendButtonProps {
  broadcast: Broadcast;
  plan: Plan;
  preview: BroadcastPreview;
  approval: ApprovalOf;
  /** Nothing stops it, and the warnings were read. */
  ready: boolean;
  /** What is shown is being looked at anew. */
  counting: boolean;
  /** It was refused, for it is not what was looked at. */
  changed: () => Promise<void>;
  sent: () => Promise<void>;
}

export function SendButton(props: SendButtonProps) {
  const { broadcast, preview, approval, ready, counting } = props;
  const { t } = useTranslation("broadcast");
  const ask = useAct(() => requestApproval(broadcast.id), {
    done: t("approval.asked"),
    stale: ["broadcast"],
  });
  const possible = preview.recipients > 0 && ready && !counting && approval !== undefined;
  const why = preview.recipients > 0 && approval && !ready && (
    <Text fz="xs" c="dimmed" ta="end" maw={280}>
      {t("check.first")}
    </Text>
  );
  if (approval?.standing === "requested") {
    return (
      <Button size="md" disabled leftSection={<IconUserCheck size={18} />}>
        {t("approval.waiting")}
      </Button>
    );
  }
  if (approval?.standing === "needed" || approval?.standing === "returned") {
    return (
      <Stack gap={4} align="flex-end">
        <Button
          size="md"
          leftSection={<IconUserCheck size={18} />}
          disabled={!possible}
          loading={ask.isPending}
          onClick={() => ask.mutate()}
        >
          {t("approval.ask")}
        </Button>
        {why}
      </Stack>
    );
  }
  return (
    <Stack gap={4} align="flex-end">
      <Send {...props} possible={possible} />
      {why}
    </Stack>
  );
}

function Send({
  broadcast,
  plan,
  preview,
  possible,
  counting,
  changed,
  sent,
}: SendButtonProps & { possible: boolean }) {
  const { t } = useTranslation("broadcast");
  const { byId } = useAccounts();
  const { data: safety } = useQuery(safetyQuery);
  const zone = useZone();
  const ask = useConfirm();
  const intent = useIntent(`send.${broadcast.id}`);
  const act = useAct(() => confirm(broadcast.id, intent.keyFor(preview.seen), preview.seen), {
    stale: ["broadcast"],
    after: () => {
      intent.done();
      return sent();
    },
    otherwise: ({ code }) => {
      if (code !== "edited_meanwhile") return false;
      void changed();
      return true;
    },
  });
  const account = byId(broadcast.channel_id);
  const name = account?.name ?? "";
  const now = plan.when === "now";
  const n = number(preview.recipients);
  const typed = safety && mustType(preview.recipients, account?.friends ?? 0, safety.typed_from);
  const send = async () => {
    const yes = await ask({
      title: t(now ? "sendTitle" : "bookTitle"),
      body: t(now ? "sendBody" : "bookBody", {
        n,
        account: name,
        at: dayAndTime(broadcast.send_at, zone),
        messages: number(preview.messages),
      }),
      action: t(now ? "sendNow" : "book"),
      ...(typed ? { typed: { label: t("typeName"), word: name } } : {}),
    });
    if (yes) act.mutate();
  };
  return (
    <Button
      size="md"
      leftSection={<IconSend size={18} />}
      disabled={!possible || !safety}
      loading={act.isPending}
      onClick={send}
    >
      {counting ? t("recounting") : t(now ? "sendTo" : "bookTo", { n })}
    </Button>
  );
}
