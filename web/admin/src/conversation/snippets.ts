/** Which snippets come first. */

/** So many are remembered as used lately. */
const KEPT = 5;

/** The one just used first. */
export const used = (before: string[], id: string): string[] =>
  [id, ...before.filter((one) => one !== id)].slice(0, KEPT);

interface Snippet {
  id: string;
  archived_at?: number | null;
}

/** Those used lately that still stand, then the rest, each once. */
export function offer<T extends Snippet>(lately: T[], found: T[]) {
  const first = lately.filter((one) => one.archived_at == null);
  const known = new Set(first.map(({ id }) => id));
  return { shown: [...first, ...found.filter(({ id }) => !known.has(id))], recent: first.length };
}
