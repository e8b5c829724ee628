/** A thing done to many, in one sentence. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BulkDeed } from "../api/types.ts";
import { journeysQuery } from "../journey/api.ts";
import { attributesQuery, useTags } from "./definitions.ts";

export function useDeedSentence(): (deed: BulkDeed) => string {
  const { t } = useTranslation(["contact", "common"]);
  const { byId } = useTags();
  const { data: fields } = useQuery(attributesQuery);
  const { data: journeys } = useQuery(journeysQuery);
  const gone = t("common:nobody");
  return (deed) => {
    switch (deed.deed) {
      case "tag_add":
      case "tag_remove":
        return t(`bulk.said.${deed.deed}`, { name: byId(deed.tag)?.name ?? gone });
      case "attribute": {
        const name = fields?.items.find(({ id }) => id === deed.attribute)?.label ?? gone;
        return deed.value === null
          ? t("bulk.said.attribute_clear", { name })
          : t("bulk.said.attribute", { name, value: deed.value });
      }
      case "mark":
        return deed.mark === ""
          ? t("bulk.said.mark_clear")
          : t("bulk.said.mark", { name: deed.mark });
      default:
        return t(`bulk.said.${deed.deed}`, {
          name: journeys?.items.find(({ id }) => id === deed.journey)?.name ?? gone,
        });
    }
  };
}
