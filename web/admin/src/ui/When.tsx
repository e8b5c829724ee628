/** A moment, in the workspace's zone. */

import { dateOnly, dateTime, dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";

const FORMS = { full: dateTime, day: dateOnly, short: dayAndTime };

export function When({ at, form = "full" }: { at: number; form?: keyof typeof FORMS }) {
  const zone = useZone();
  return <time dateTime={new Date(at).toISOString()}>{FORMS[form](at, zone)}</time>;
}
