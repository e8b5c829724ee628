/** LINE's own emoji in a text: each stands at a `$`, by its place in UTF-16 units, and keeps it while the text is edited. */
import type { Emoji } from "@enishi/line-ui";

export type Figure = Pick<Emoji, "productId" | "emojiId">;
export type Placed = Pick<Emoji, "index" | "productId" | "emojiId">;

/** LINE takes no more in one text. */
export const MOST_EMOJI = 20;

/** Sets that every account may send (Messaging API, "LINE emoji definitions"), and how many figures each has. */
export const SETS: readonly (readonly [productId: string, figures: number])[] = [
  ["670e0cce840a8236ddd4ee4c", 211],
  ["5ac2213e040ab15980c9b447", 182],
  ["5ac21a8c040ab15980c9b43f", 149],
  ["5ac21e6c040ab15980c9b444", 222],
  ["5ac1bfd5040ab15980c9b435", 250],
  ["5ac22e85040ab15980c9b44f", 209],
  ["5ac22775040ab15980c9b44c", 247],
  ["5ac2197b040ab15980c9b43d", 201],
  ["5ac21d59031a6752fb806d5d", 212],
  ["5ac221ca040ab15980c9b449", 167],
  ["5ac22bad031a6752fb806d67", 214],
  ["5ac2211e031a6752fb806d61", 250],
  ["5ac21b4f031a6752fb806d59", 149],
  ["5ac21fda040ab15980c9b446", 140],
  ["5ac22224031a6752fb806d62", 251],
  ["5ac22c9e031a6752fb806d68", 198],
  ["5ac222bf031a6752fb806d64", 250],
  ["5ac21869040ab15980c9b43b", 199],
  ["5ac2280f031a6752fb806d65", 250],
  ["5ac22293031a6752fb806d63", 184],
  ["5ac2173d031a6752fb806d56", 240],
  ["5ac21542031a6752fb806d55", 248],
  ["5ac2216f040ab15980c9b448", 188],
  ["5ac21f52040ab15980c9b445", 183],
  ["5ac21ef5031a6752fb806d5e", 150],
  ["5ac223c6040ab15980c9b44a", 157],
  ["5ac22b23040ab15980c9b44d", 247],
  ["5ac22def040ab15980c9b44e", 250],
  ["5ac21c46040ab15980c9b442", 221],
  ["5ac22d62031a6752fb806d69", 196],
  ["5ac21a13031a6752fb806d57", 149],
  ["5ac21a18040ab15980c9b43e", 239],
  ["5ac2264e040ab15980c9b44b", 252],
  ["5ac2206d031a6752fb806d5f", 252],
  ["5ac220c2031a6752fb806d60", 246],
  ["5ac22a8c031a6752fb806d66", 210],
  ["5ac1de17040ab15980c9b438", 194],
  ["5ac21cc5031a6752fb806d5c", 170],
  ["5ac21ae3040ab15980c9b440", 149],
  ["5ac218e3040ab15980c9b43c", 221],
  ["5ac21184040ab15980c9b43a", 234],
];

/** `1` as LINE writes it. */
export const emojiId = (n: number) => String(n).padStart(3, "0");

/** Whether there is one in a text that is drawn here: not as it arrives, but as a sample. */
export const hasLineEmoji = (messages: readonly object[]): boolean =>
  messages.some((message) => {
    const { emojis, substitution } = message as {
      emojis?: unknown[];
      substitution?: Record<string, { type?: string }>;
    };
    const put = Object.values(substitution ?? {});
    return (emojis?.length ?? 0) > 0 || put.some(({ type }) => type === "emoji");
  });

interface Written {
  text: string;
  emojis: Placed[];
}

/** Where two texts agree, from the front, at most `most` units. */
function agree(a: string, b: string, most: number): number {
  let n = 0;
  while (n < most && a[n] === b[n]) n++;
  return n;
}

/**
 * The emoji of a text after a person edited it. The caret stands behind what was changed; it tells which of several `$`
 * side by side was meant.
 */
export function afterEdit(before: Written, text: string, caret = text.length): Placed[] {
  const { text: old, emojis } = before;
  const reversed = (whole: string) =>
    [...Array(whole.length).keys()].map((n) => whole[whole.length - 1 - n]).join("");
  const [oldBack, newBack] = [reversed(old), reversed(text)];
  const behindCaret = agree(oldBack, newBack, Math.min(text.length - caret, old.length));
  const front = agree(old, text, Math.min(old.length, text.length) - behindCaret);
  const back = agree(oldBack, newBack, Math.min(old.length, text.length) - front);
  const moved = text.length - old.length;
  return emojis.flatMap((emoji) => {
    if (emoji.index < front) return [emoji];
    return emoji.index >= old.length - back ? [{ ...emoji, index: emoji.index + moved }] : [];
  });
}

/** Puts a figure where the caret stands, instead of what is selected. */
export function withFigure(before: Written, figure: Figure, from: number, to: number): Written {
  const text = `${before.text.slice(0, from)}$${before.text.slice(to)}`;
  const kept = afterEdit(before, text, from + 1).filter(({ index }) => index !== from);
  const emojis = [...kept, { index: from, ...figure }].sort((a, b) => a.index - b.index);
  return { text, emojis };
}

/** Takes one out, with its `$`. */
export function withoutFigure(before: Written, index: number): Written {
  const text = before.text.slice(0, index) + before.text.slice(index + 1);
  const others = before.emojis.filter((emoji) => emoji.index !== index);
  const back = (emoji: Placed) =>
    emoji.index > index ? { ...emoji, index: emoji.index - 1 } : emoji;
  return { text, emojis: others.map(back) };
}
