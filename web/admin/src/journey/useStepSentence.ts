/** A step as one line. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useActionSentence } from "../action/useSentence.ts";
import type { JourneyNode } from "../api/types.ts";
import { attributesQuery } from "../contact/definitions.ts";
import { useTemplateName } from "../template/useTemplates.ts";
import { END } from "./steps.ts";
import { waitText } from "./wait.ts";

function usePlace(nodes: JourneyNode[]): (id: string | undefined) => string {
  const { t } = useTranslation("journey");
  return (id) => {
    if (id === undefined) return t("below");
    if (id === END) return t("end");
    return t("stepN", { n: nodes.findIndex((node) => node.id === id) + 1 });
  };
}

export function useStepSentence(nodes: JourneyNode[]): (node: JourneyNode) => string {
  const { t } = useTranslation(["journey", "common"]);
  const action = useActionSentence();
  const place = usePlace(nodes);
  const template = useTemplateName();
  const { data: attributes } = useQuery(attributesQuery);
  const label = (key: string) => attributes?.items.find((one) => one.key === key)?.label ?? "…";
  return (node) => {
    switch (node.do) {
      case "message": {
        const name = template(node.template);
        if (name) return t("says", { name });
        return node.template ? t("saysSomething") : t("saysNothing");
      }
      case "wait":
        return t("waitFor", { wait: waitText(node.until, t, label) });
      case "actions":
        return node.actions.length > 0 ? node.actions.map(action).join("、") : t("noActions");
      case "branch":
        return t("branches", { yes: place(node.yes), no: place(node.no) });
      case "choose":
        return t("chooses", { n: node.cases.length });
      default:
        return t(`about_${node.do}`);
    }
  };
}

/** Where a step leads when that is not simply the one below. */
export function useNextText(nodes: JourneyNode[]): (node: JourneyNode) => string | undefined {
  const { t } = useTranslation("journey");
  const place = usePlace(nodes);
  return (node) => {
    const late =
      node.do === "wait" && "event" in node.until ? node.until.event.on_timeout : undefined;
    const parts = [
      node.next === undefined ? "" : t("leads", { place: place(node.next) }),
      late === undefined ? "" : t("leadsLate", { place: place(late) }),
    ].filter(Boolean);
    return parts.length > 0 ? parts.join(" / ") : undefined;
  };
}
