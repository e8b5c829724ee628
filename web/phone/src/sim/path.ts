/**
 * The place of an object inside a message, in the simulator's words: `template.actions[0]`.
 * Found by identity, because two buttons may look the same.
 */
export function pathOf(message: unknown, wanted: object): string | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  for (const [key, part] of Object.entries(message)) {
    const here = Array.isArray(message) ? `[${key}]` : key;
    if (part === wanted) return here;
    const below = pathOf(part, wanted);
    if (below !== undefined) return `${here}${below.startsWith("[") ? "" : "."}${below}`;
  }
  return undefined;
}
