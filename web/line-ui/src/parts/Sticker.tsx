import { useHere } from "../context.tsx";
import type { StickerMessage } from "../types.ts";
import { Face, looksOf } from "./face.tsx";

/** A sticker in our own drawing; its ids stand below, so that nobody takes it for LINE's picture. */
export function StickerDrawing(props: { packageId: string; stickerId: string; ids?: "shown" }) {
  const { words } = useHere();
  const { packageId, stickerId, ids } = props;
  return (
    <svg
      className="lu-sticker"
      viewBox={ids ? "0 0 100 112" : "0 0 100 100"}
      role="img"
      aria-label={`${words.sticker} ${packageId}/${stickerId}`}
    >
      <Face {...looksOf(packageId, stickerId)} />
      {ids && (
        <text x="50" y="107" textAnchor="middle" className="lu-sticker-ids">
          {packageId}/{stickerId}
        </text>
      )}
    </svg>
  );
}

export function Sticker({ message }: { message: StickerMessage }) {
  return <StickerDrawing packageId={message.packageId} stickerId={message.stickerId} ids="shown" />;
}
