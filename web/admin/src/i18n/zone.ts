/** The workspace's zone as people call it. */
import { useTranslation } from "react-i18next";
import { useZone } from "../session/api.ts";

export function useZoneName(): string {
  const { t } = useTranslation("common");
  const zone = useZone();
  return zone === "Asia/Tokyo" ? t("zoneJapan") : zone;
}
