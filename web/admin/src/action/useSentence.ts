/** An action as a short sentence, with the names of what it is about. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Action } from "../api/types.ts";
import { attributesQuery, useTags } from "../contact/definitions.ts";
import { journeysQuery } from "../journey/api.ts";
import { useMenuName } from "../menu/useMenuName.ts";
import { useTemplateName } from "../template/useTemplates.ts";

export function useActionSentence(): (action: Action) => string {
  const { t } = useTranslation("rule");
  const { byId } = useTags();
  const template = useTemplateName();
  const menu = useMenuName();
  const { data: journeys } = useQuery(journeysQuery);
  const { data: attributes } = useQuery(attributesQuery);
  const journey = (id: string) => journeys?.items.find((one) => one.id === id)?.name ?? "…";
  return (action) => {
    switch (action.action) {
      case "message":
        return t("does.message", { name: template(action.template) ?? "…" });
      case "tag_add":
      case "tag_remove":
        return t(`does.${action.action}`, { name: byId(action.tag)?.name ?? "…" });
      case "attribute":
        return t("does.attribute", {
          name: attributes?.items.find((one) => one.key === action.key)?.label ?? action.key,
          value: action.value ?? "–",
        });
      case "journey_start":
      case "journey_stop":
        return t(`does.${action.action}`, { name: journey(action.journey) });
      case "mark":
        return t("does.mark", { name: action.mark });
      case "notify":
        return t("does.notify", { name: action.text });
      case "rich_menu": {
        if (action.rich_menu_id === null) return t("does.rich_menu_own");
        const known = action.rich_menu_id === "" ? undefined : menu(action.rich_menu_id);
        if (known?.is === "there") return t("does.rich_menu", { name: known.name });
        return t(known?.is === "gone" ? "does.rich_menu_gone" : "action.rich_menu");
      }
      case "webhook":
        return t("action.webhook");
    }
  };
}
