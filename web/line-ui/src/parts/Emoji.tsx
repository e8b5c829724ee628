import { useHere } from "../context.tsx";
import { Face, looksOf } from "./face.tsx";

/** The set whose figures are letters and digits: a word written with them is to be read in the preview too. */
const LETTERS = "5ac21a8c040ab15980c9b43f";
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789";

function signOf(productId: string, emojiId: string): string | undefined {
  return productId === LETTERS ? SIGNS[Number(emojiId) - 1] : undefined;
}

/** An emoji of LINE inside a line of text, in our own drawing. */
export function EmojiDrawing(props: { productId: string; emojiId: string }) {
  const { words } = useHere();
  const { productId, emojiId } = props;
  const sign = signOf(productId, emojiId);
  return (
    <svg
      className="lu-emoji"
      viewBox="0 0 100 100"
      role="img"
      aria-label={sign ?? words.emoji}
      data-emoji={`${productId}/${emojiId}`}
    >
      {sign ? (
        <text x="50" y="80" textAnchor="middle" fontSize="84" fontWeight="800" fill="#8a5a3b">
          {sign}
        </text>
      ) : (
        <Face {...looksOf(productId, emojiId)} />
      )}
    </svg>
  );
}
