/** One line that says what a message is: for talk lists, notifications, quotes. */
import { plainText, textSegments, textV2Segments } from "./text/segments.ts";
import type { AnyMessage, Message } from "./types.ts";
import { type Locale, words } from "./words.ts";

export function messageSummary(message: AnyMessage, locale: Locale = "ja"): string {
  const say = words[locale];
  const known = message as Message;
  switch (known.type) {
    case "text":
      return plainText(textSegments(known));
    case "textV2":
      return plainText(textV2Segments(known));
    case "template":
    case "flex":
    case "imagemap":
      return known.altText ?? "";
    case "sticker":
      return `[${say.sticker}]`;
    case "location":
      return `[${known.title || say.location}]`;
    case "file":
      return `[${known.fileName || say.file}]`;
    case "image":
    case "video":
    case "audio":
    case "coupon":
      return `[${say[known.type]}]`;
    default:
      return say.unknown(String(message.type));
  }
}
