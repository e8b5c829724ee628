/** The log's lines in words, and as a file that spreadsheets open. */
import type { TFunction } from "i18next";
import type { AuditEntry } from "../api/types.ts";

type Words = Record<string, string>;
type T = TFunction<"settings">;

/** Kinds of things that have a word; the filter offers these. */
export function things(t: T): Words {
  return t("audit.things", { returnObjects: true });
}

/** What was done, as a sentence. What a later version of Enishi wrote stands as it is. */
export function actionText(action: string, t: T): string {
  const actions: Record<string, Words> = t("audit.actions", { returnObjects: true });
  const [thing = "", verb = ""] = action.split(".");
  return actions[thing]?.[verb] ?? action;
}

export const actorText = ({ actor }: AuditEntry, t: T): string =>
  actor.name || t(`audit.kinds.${actor.kind}`);

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What changed, as far as a person can read it: no ids, nothing empty. */
export function detailText(detail: unknown, t: T): string[] {
  if (typeof detail !== "object" || detail === null) return detail ? [valueText(detail, t)] : [];
  const keys: Words = t("audit.keys", { returnObjects: true });
  return Object.entries(detail).flatMap(([key, value]) => {
    if (value === null || value === "" || ID.test(String(value))) return [];
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) {
      return value.length > 0
        ? [`${keys[key] ?? key}: ${value.map((one) => valueText(one, t)).join("・")}`]
        : [];
    }
    if (typeof value === "object") return detailText(value, t);
    return [`${keys[key] ?? key}: ${valueText(value, t)}`];
  });
}

function valueText(value: unknown, t: T): string {
  const values: Words = t("audit.values", { returnObjects: true });
  return values[String(value)] ?? String(value);
}

/** A field of a file. What begins like a formula gets a ' in front, or a spreadsheet would run it. */
export function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With a byte order mark, so that Excel reads Japanese. */
export const csvOf = (rows: string[][]): string =>
  `\uFEFF${rows.map((row) => `${row.map(csvField).join(",")}\r\n`).join("")}`;
