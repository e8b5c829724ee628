import { useHere } from "../context.tsx";
import { Face, looksOf } from "./face.tsx";

/** An emoji of LINE inside a line of text, in our own drawing. */
export function EmojiDrawing(props: { productId: string; emojiId: string }) {
  const { words } = useHere();
  const { productId, emojiId } = props;
  return (
    <svg className="lu-emoji" viewBox="0 0 100 100" role="img" aria-label={words.emoji}>
      <Face {...looksOf(productId, emojiId)} />
    </svg>
  );
}
