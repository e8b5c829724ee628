import type { Media } from "@enishi/line-ui";
import { useWords } from "../words.ts";
import { Sign } from "./icons.tsx";

/** A picture or film over the whole phone. */
export function MediaViewer({ media, onClose }: { media: Media; onClose: () => void }) {
  const words = useWords();
  return (
    <div className="ph-viewer" role="dialog" aria-label={words.photo}>
      <button type="button" aria-label={words.close} onClick={onClose}>
        <Sign name="close" />
      </button>
      {media.kind === "image" ? (
        <img src={media.url} alt="" />
      ) : (
        // biome-ignore lint/a11y/useMediaCaption: the message format has no captions
        <video src={media.url} controls autoPlay playsInline />
      )}
    </div>
  );
}
