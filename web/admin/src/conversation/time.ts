import { listLabel } from "@enishi/line-ui";
import { language } from "../i18n/i18n.ts";
import { useZone } from "../session/api.ts";

/** As talk lists write times: 14:05, 昨日, 11/20. */
export function useShortTime(): (at: number) => string {
  const timeZone = useZone();
  return (at) => listLabel(at, Date.now(), { timeZone, locale: language() });
}
