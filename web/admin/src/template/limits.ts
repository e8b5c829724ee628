/**
 * LINE's limits on what staff write, counted as LINE counts (Messaging API reference, "Character counting"):
 * UTF-16 code units, but grapheme clusters in template texts and in words on buttons. Variables count as nothing here,
 * because their values are not known yet; the server looks at the rendered message.
 */
import type { Bubble, FieldError } from "../api/types.ts";

export type Counting = "units" | "graphemes";
const segmenter = new Intl.Segmenter("ja", { granularity: "grapheme" });

/** `{{name|お客さま}}`, but not the escaped `\{{`. */
const VARIABLE = /(?<!\\)\{\{[^{}]*\}\}/g;

export function count(text: string, how: Counting): number {
  const fixed = text.replace(VARIABLE, "").replaceAll("\\{{", "{{");
  return how === "units" ? fixed.length : [...segmenter.segment(fixed)].length;
}

export const LIMITS = {
  text: { most: 5000, how: "units" },
  altText: { most: 1500, how: "units" },
  title: { most: 40, how: "graphemes" },
  buttonsText: { most: 160, how: "graphemes" },
  /** With a title or a picture. */
  buttonsTextShort: { most: 60, how: "graphemes" },
  confirmText: { most: 240, how: "graphemes" },
  columnText: { most: 120, how: "graphemes" },
  columnTextShort: { most: 60, how: "graphemes" },
  label: { most: 20, how: "graphemes" },
  actionText: { most: 300, how: "graphemes" },
  data: { most: 300, how: "units" },
  url: { most: 2000, how: "units" },
  uri: { most: 1000, how: "units" },
  cardLabel: { most: 12, how: "graphemes" },
  areaText: { most: 400, how: "units" },
  areaLabel: { most: 100, how: "units" },
  place: { most: 100, how: "units" },
  couponId: { most: 100, how: "units" },
  flexText: { most: 2000, how: "units" },
} as const satisfies Record<string, { most: number; how: Counting }>;
export type Limit = keyof typeof LIMITS;

export const MAX_BUBBLES = 5;
export const MAX_BUTTONS = 4;
export const MAX_COLUMN_BUTTONS = 3;
export const MAX_COLUMNS = 10;

export interface Words {
  empty: string;
  tooLong: (most: number) => string;
  badUrl: string;
  badUri: string;
}

/** https; beside the simulator the shop's own machine will do. */
const PICTURE = /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]|\{\{)/;

interface Fields {
  [key: string]: unknown;
}
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const filled = (value: unknown): boolean => text(value) !== "";

/** What can be seen while typing to be wrong; the server has the last word. */
export function problemsOf(messages: Bubble[], words: Words): FieldError[] {
  const found: FieldError[] = [];
  const check = (path: string, value: unknown, limit: Limit, need: "needed" | "optional") => {
    const { most, how } = LIMITS[limit];
    if (!filled(value)) {
      if (need === "needed") found.push({ path, code: "empty", message: words.empty });
    } else if (count(text(value), how) > most) {
      found.push({ path, code: "too_long", message: words.tooLong(most) });
    }
  };
  const url = (path: string, value: unknown, need: "needed" | "optional") => {
    check(path, value, "url", need);
    const given = text(value);
    if (given && !PICTURE.test(given)) {
      found.push({ path, code: "bad_url", message: words.badUrl });
    }
  };
  const action = (path: string, value: Fields) => {
    check(`${path}.label`, value.label, "label", "needed");
    if (value.type === "message") check(`${path}.text`, value.text, "actionText", "needed");
    if (value.type === "postback") check(`${path}.data`, value.data, "data", "needed");
    if (value.type === "uri") {
      check(`${path}.uri`, value.uri, "uri", "needed");
      const given = text(value.uri);
      if (given && !/^(https?:|tel:|line:|\{\{)/.test(given)) {
        found.push({ path: `${path}.uri`, code: "bad_url", message: words.badUri });
      }
    }
  };
  const panel = (path: string, value: Fields, long: Limit, short: Limit) => {
    const narrow = filled(value.title) || filled(value.thumbnailImageUrl);
    check(`${path}.title`, value.title, "title", "optional");
    check(`${path}.text`, value.text, narrow ? short : long, "needed");
    url(`${path}.thumbnailImageUrl`, value.thumbnailImageUrl, "optional");
    for (const [n, one] of list(value.actions).entries()) action(`${path}.actions[${n}]`, one);
  };

  messages.forEach((message, index) => {
    const at = `messages[${index}]`;
    const fields: Fields = isFields(message) ? message : {};
    if (message.type === "text") check(`${at}.text`, fields.text, "text", "needed");
    if (message.type === "image") {
      url(`${at}.originalContentUrl`, fields.originalContentUrl, "needed");
      url(`${at}.previewImageUrl`, fields.previewImageUrl, "needed");
    }
    if (message.type === "video") {
      url(`${at}.originalContentUrl`, fields.originalContentUrl, "needed");
      url(`${at}.previewImageUrl`, fields.previewImageUrl, "needed");
    }
    if (message.type === "audio")
      url(`${at}.originalContentUrl`, fields.originalContentUrl, "needed");
    if (message.type === "imagemap") {
      check(`${at}.altText`, fields.altText, "altText", "needed");
      url(`${at}.baseUrl`, fields.baseUrl, "needed");
    }
    if (message.type === "location") {
      check(`${at}.title`, fields.title, "place", "needed");
      check(`${at}.address`, fields.address, "place", "needed");
    }
    if (message.type === "coupon") check(`${at}.couponId`, fields.couponId, "couponId", "needed");
    if (message.type === "flex") check(`${at}.altText`, fields.altText, "altText", "needed");
    if (message.type !== "template" || !isFields(fields.template)) return;
    const { template } = fields;
    check(`${at}.altText`, fields.altText, "altText", "needed");
    if (template.type === "buttons") {
      panel(`${at}.template`, template, "buttonsText", "buttonsTextShort");
    }
    if (template.type === "confirm") {
      check(`${at}.template.text`, template.text, "confirmText", "needed");
      for (const [n, one] of list(template.actions).entries())
        action(`${at}.template.actions[${n}]`, one);
    }
    if (template.type === "image_carousel") {
      for (const [n, column] of list(template.columns).entries()) {
        const card = `${at}.template.columns[${n}]`;
        url(`${card}.imageUrl`, column.imageUrl, "needed");
        if (isFields(column.action)) action(`${card}.action`, column.action);
      }
    }
    if (template.type === "carousel") {
      for (const [n, column] of list(template.columns).entries()) {
        panel(`${at}.template.columns[${n}]`, column, "columnText", "columnTextShort");
      }
    }
  });
  return found;
}
