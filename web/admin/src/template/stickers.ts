/** A few stickers that every LINE account may send (Messaging API, "List of available stickers"). */
const run = (packageId: string, from: number, length: number) =>
  Array.from({ length }, (_, n) => ({ packageId, stickerId: String(from + n) }));

export const STICKERS = [
  ...run("446", 1988, 8),
  ...run("789", 10855, 8),
  ...run("11537", 52002734, 8),
];
