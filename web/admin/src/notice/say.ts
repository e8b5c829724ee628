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
  "broadcast_held",
  "backup_failed",
  "backup_late",
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
  broadcast_held: "/broadcasts",
  backup_failed: "/settings/backups",
  backup_late: "/settings/backups",
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
  if (detail.held) return `/broadcasts/${detail.held.broadcast_id}`;
  return cause === "webhook_silent" && channel_id ? `/channels/${channel_id}` : PLACES[cause];
}

/** Why a broadcast stands still, where that is known. */
function whatOf({ held }: Notice["detail"]) {
  switch (held?.hold) {
    case "budget":
    case "quota":
    case "template":
      return `held.${held.hold}` as const;
    default:
      return undefined;
  }
}

export function useSay(): (notice: Pick<Notice, "cause" | "detail">) => string {
  const { t } = useTranslation("notice");
  return ({ cause, detail }) =>
    t(whatOf(detail) ?? `say.${cause}`, {
      account: detail.account ?? "",
      n: number(detail.n),
      of: number(detail.of),
      percent: Math.floor((100 * detail.n) / Math.max(1, detail.of)),
      broadcast: detail.held?.broadcast ?? detail.approval?.broadcast ?? "",
      person: detail.approval?.person
        ? t("person", { name: detail.approval.person })
        : t("somebody"),
    });
}
