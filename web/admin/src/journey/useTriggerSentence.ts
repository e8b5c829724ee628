/** What starts a scenario, as one line. */
import { useTranslation } from "react-i18next";
import type { JourneyTrigger } from "../api/types.ts";
import { useTags } from "../contact/definitions.ts";

export function useTriggerSentence(): (trigger: JourneyTrigger) => string {
  const { t } = useTranslation("journey");
  const { byId } = useTags();
  return (trigger) => {
    switch (trigger.on) {
      case "follow":
        return t(trigger.unblock ? "begins.followBoth" : "begins.follow");
      case "tag":
        return t("begins.tag", { name: byId(trigger.tag)?.name ?? "…" });
      case "event":
        return t("begins.event", { name: trigger.name || "…" });
      case "message": {
        const words = (trigger.words ?? []).slice(0, 3).join("、");
        return words ? t("begins.words", { words }) : t("trigger.message");
      }
      case "postback":
        return t("begins.postback", { data: trigger.data || "…" });
      default:
        return t(`trigger.${trigger.on}`);
    }
  };
}
