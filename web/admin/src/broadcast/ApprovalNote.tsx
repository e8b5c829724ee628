/** What a draft still needs from a second person, and what they said. */
import { Alert, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconMessageReply, IconUserCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { CopyLine } from "../ui/CopyLine.tsx";
import type { ApprovalOf } from "./useApproval.ts";

export function ApprovalNote({ id, approval: all }: { id: string; approval: ApprovalOf }) {
  const { t } = useTranslation("broadcast");
  const zone = useZone();
  if (!all || all.standing === "free") return null;
  const { standing, approval, names } = all;
  const who = (actor: string | null | undefined) => names[actor ?? ""] ?? t("approval.somebody");
  const at = (when: number | null | undefined) => (when ? dayAndTime(when, zone) : "");
  switch (standing) {
    case "needed":
      return (
        <Alert
          color="blue"
          icon={<IconUserCheck size={20} />}
          title={t(approval ? "approval.again" : "approval.needed")}
        >
          {t("approval.neededAbout")}
        </Alert>
      );
    case "requested":
      return (
        <Alert color="blue" icon={<IconUserCheck size={20} />} title={t("approval.requested")}>
          <Stack gap="sm">
            <Text fz="sm">
              {t("approval.requestedAbout", {
                who: who(approval?.requested_by),
                at: at(approval?.requested_at),
              })}
            </Text>
            <CopyLine
              label={t("approval.link")}
              value={`${location.origin}/admin/broadcasts/${id}/approval`}
            />
          </Stack>
        </Alert>
      );
    case "returned":
      return (
        <Alert
          color="orange"
          icon={<IconMessageReply size={20} />}
          title={t("approval.returned", { who: who(approval?.decided_by) })}
        >
          <Text fz="sm" style={{ whiteSpace: "pre-wrap" }}>
            {approval?.comment}
          </Text>
          <Text fz="sm" mt="xs">
            {t("approval.returnedAbout")}
          </Text>
        </Alert>
      );
    case "approved":
      return (
        <Alert
          color="pine"
          icon={<IconCircleCheck size={20} />}
          title={t("approval.approved", { who: who(approval?.decided_by) })}
        >
          {approval?.comment && (
            <Text fz="sm" style={{ whiteSpace: "pre-wrap" }}>
              {approval.comment}
            </Text>
          )}
          <Text fz="sm">{t("approval.approvedAbout", { at: at(approval?.decided_at) })}</Text>
        </Alert>
      );
  }
}
