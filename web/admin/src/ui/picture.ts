/** Pictures of people and accounts, as far as there is one to load. */

/** Addresses the simulator makes up: they look like LINE's, and nothing is there. */
const MADE_UP = "https://profile.line-scdn.net/sim/";

/** What a page may load; people of the simulator are drawn by their letter, and LINE's hosts are left alone. */
export function pictureOf(url: string | null | undefined): string | null {
  return url && !url.startsWith(MADE_UP) ? url : null;
}
