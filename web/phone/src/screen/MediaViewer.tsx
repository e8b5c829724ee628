import type { Media } from "@enishi/line-ui";
import { useRef } from "react";
import { useWords } from "../words.ts";
import { Sign } from "./icons.tsx";
import { useModal } from "./modal.ts";

/** A picture or film over the whole phone. */
export function MediaViewer({ media, onClose }: { media: Media; onClose: () => void }) {
  const words = useWords();
  const viewer = useRef<HTMLDivElement>(null);
  useModal(viewer, onClose);
  return (
    <div
      className="ph-viewer"
      ref={viewer}
      role="dialog"
      aria-modal="true"
      aria-label={words.viewer}
      tabIndex={-1}
    >
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
