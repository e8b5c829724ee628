/** Tells of new messages while the page is not looked at, if this browser was asked to. */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "../api/types.ts";
import { freshUnread } from "./api.ts";

export const KEY = "enishi.notices";
/** The browser has notices for installed apps only, as on Android; only trying tells. */
const CANNOT = "cannot";

/** Shows a notice, if this browser can. */
export function show(title: string, more: NotificationOptions = {}): Notification | undefined {
  try {
    return new Notification(title, more);
  } catch {
    localStorage.setItem(KEY, CANNOT);
    return undefined;
  }
}

export type NoticeState = "on" | "off" | "refused" | "missing";

export function stateNow(): NoticeState {
  if (!("Notification" in window) || localStorage.getItem(KEY) === CANNOT) return "missing";
  if (Notification.permission === "denied") return "refused";
  return Notification.permission === "granted" && localStorage.getItem(KEY) === "on" ? "on" : "off";
}

/** Those with something newer than what was told or seen. */
export function newer(talks: Conversation[], since: number): Conversation[] {
  return talks.filter((talk) => talk.unread > 0 && talk.last_at > since);
}

/** Once, in the frame around every page. */
export function useNotices(): void {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const client = useQueryClient();
  useEffect(() => {
    // Told of is what comes from now on, by the server's clock.
    let since: number | undefined;
    const look = async () => {
      if (stateNow() !== "on") return;
      const talks = await freshUnread().catch(() => []);
      const last = Math.max(0, ...talks.map((talk) => talk.last_at));
      const fresh = since === undefined ? [] : newer(talks, since);
      since = Math.max(since ?? 0, last);
      if (document.visibilityState === "visible") return;
      for (const talk of fresh) {
        const notice = show(talk.contact.display_name ?? t("someone"), {
          body: talk.last_text,
          tag: `${talk.channel_id} ${talk.contact.id}`,
        });
        if (!notice) return;
        notice.onclick = () => {
          window.focus();
          void navigate({
            to: "/talk/$channelId/$contactId",
            params: { channelId: talk.channel_id, contactId: talk.contact.id },
          });
        };
      }
    };
    void look();
    return client.getQueryCache().subscribe((event) => {
      // The live feed marks the talks' lists as stale whenever somebody wrote.
      if (event.type === "updated" && event.action.type === "invalidate") {
        if (event.query.queryKey[0] === "conversation" && event.query.queryKey[2] === "unread")
          void look();
      }
    });
  }, [client, navigate, t]);
}
