import { StickerDrawing } from "@enishi/line-ui";
import { useState } from "react";
import { useWords } from "../words.ts";

interface Package {
  id: string;
  first: number;
  count: number;
}

/** Packages that any account may send, by LINE's list of sendable stickers; the drawings are our own. */
const PACKAGES: Package[] = [
  { id: "446", first: 1988, count: 40 },
  { id: "789", first: 10855, count: 40 },
  { id: "11537", first: 52002734, count: 40 },
  { id: "11538", first: 51626494, count: 40 },
  { id: "11539", first: 52114110, count: 40 },
];

export function Stickers(props: {
  onPick: (sticker: { packageId: string; stickerId: string }) => void;
}) {
  const words = useWords();
  const [chosen, setChosen] = useState(PACKAGES[0]);
  if (!chosen) return null;
  return (
    <section className="lu-root ph-stickers" aria-label={words.stickers}>
      <div className="ph-stickers-tabs" role="tablist">
        {PACKAGES.map((one) => (
          <button
            key={one.id}
            type="button"
            role="tab"
            aria-selected={one === chosen}
            aria-label={`${words.stickers} ${one.id}`}
            onClick={() => setChosen(one)}
          >
            <StickerDrawing packageId={one.id} stickerId={String(one.first)} />
          </button>
        ))}
      </div>
      <div className="ph-stickers-grid">
        {Array.from({ length: chosen.count }, (_, index) => {
          const stickerId = String(chosen.first + index);
          return (
            <button
              key={stickerId}
              type="button"
              onClick={() => props.onPick({ packageId: chosen.id, stickerId })}
            >
              <StickerDrawing packageId={chosen.id} stickerId={stickerId} />
            </button>
          );
        })}
      </div>
    </section>
  );
}
