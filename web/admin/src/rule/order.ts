/** The order of rules is one for all accounts; a list may show only some of them. */

/** All ids after one of the shown was moved: it goes to the place of the one it was put at, the rest stays. */
export function reordered(
  all: readonly string[],
  shown: readonly string[],
  from: number,
  to: number,
): string[] {
  const moved = shown[from];
  const at = shown[to];
  if (moved === undefined || at === undefined || moved === at) return [...all];
  const rest = all.filter((id) => id !== moved);
  const place = rest.indexOf(at) + (to > from ? 1 : 0);
  return rest.toSpliced(place, 0, moved);
}
