/** Whether messages hold addresses that a reader opens, so that there is something to count. */

const OPENED = new Set(["uri", "linkUri"]);
const ADDRESS = /https?:\/\/[\w-]/i;

export function hasLinks(messages: readonly object[]): boolean {
  return messages.some((message) => holds(message, "message"));
}

/** Only the text of a text message is tapped; other texts are drawn as they are. */
function holds(value: unknown, place: "message" | "inside"): boolean {
  if (Array.isArray(value)) return value.some((one) => holds(one, "inside"));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, part]) => {
    if (typeof part !== "string") return key !== "altUri" && holds(part, "inside");
    const opened = OPENED.has(key) || (key === "text" && place === "message");
    return opened && ADDRESS.test(part);
  });
}
