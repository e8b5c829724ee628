/** A notice as a sentence, and the page that helps. */
import { useTranslation } from "react-i18next";
import type { Notice, NoticeCause } from "../api/types.ts";
import { number } from "../i18n/time.ts";

export const CAUSES: NoticeCause[] = [
  "webhook_silent",
  "failures",
  "quota",
  "blocks",
  "stuck",
  "parked",
  "approval_asked",
  "approval_given",
  "approval_returned",
];

const PLACES = {
  webhook_silent: "/channels",
  failures: "/broadcasts",
  quota: "/",
  blocks: "/",
  stuck: "/settings/status",
  parked: "/settings/status",
  approval_asked: "/broadcasts",
  approval_given: "/broadcasts",
  approval_returned: "/broadcasts",
} as const satisfies Record<NoticeCause, string>;

/** Where to look; the account's or the broadcast's own page where there is one. */
export function placeOf({
  cause,
  channel_id,
  detail,
}: Pick<Notice, "cause" | "channel_id" | "detail">): string {
  if (detail.approval) return `/broadcasts/${detail.approval.broadcast_id}/approval`;
  return cause === "webhook_silent" && channel_id ? `/channels/${channel_id}` : PLACES[cause];
}

export function useSay(): (notice: Pick<Notice, "cause" | "detail">) => string {
  const { t } = useTranslation("notice");
  return ({ cause, detail }) =>
    t(`say.${cause}`, {
      account: detail.account ?? "",
      n: number(detail.n),
      of: number(detail.of),
      percent: Math.floor((100 * detail.n) / Math.max(1, detail.of)),
      broadcast: detail.approval?.broadcast ?? "",
      person: detail.approval?.person
        ? t("person", { name: detail.approval.person })
        : t("somebody"),
    });
}
