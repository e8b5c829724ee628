/** Picture, film, sound and file. */
import { useRef, useState } from "react";
import { useHere } from "../context.tsx";
import type { AudioMessage, FileMessage, ImageMessage, VideoMessage } from "../types.ts";
import { Icon } from "./icons.tsx";
import { Picture } from "./Picture.tsx";

/** The addresses of a message's bytes, wherever the message keeps them. */
function addresses(message: ImageMessage | VideoMessage | AudioMessage) {
  const from = { ...message.contentProvider, ...message };
  const preview = "previewImageUrl" in from ? from.previewImageUrl : undefined;
  return { original: from.originalContentUrl, preview };
}

/** `65000` → `1:05`. */
function playingTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** `1536` → `1.5 KB`. */
function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function Image({ message }: { message: ImageMessage }) {
  const { words, onMedia } = useHere();
  const { original, preview } = addresses(message);
  const url = original ?? preview;
  return (
    <button
      type="button"
      className="lu-media"
      aria-label={words.image}
      onClick={() => url && onMedia({ kind: "image", url })}
    >
      <Picture url={preview ?? original} />
    </button>
  );
}

export function Video({ message }: { message: VideoMessage }) {
  const { words, onMedia } = useHere();
  const { original, preview } = addresses(message);
  return (
    <button
      type="button"
      className="lu-media lu-media--video"
      aria-label={`${words.video} ${words.play}`}
      onClick={() => original && onMedia({ kind: "video", url: original })}
    >
      <Picture url={preview} />
      <PlaySign />
      {message.duration !== undefined && (
        <span className="lu-media-time">{playingTime(message.duration)}</span>
      )}
    </button>
  );
}

export function PlaySign() {
  return (
    <span className="lu-play" aria-hidden="true">
      <Icon name="play" />
    </span>
  );
}

const BARS = [5, 9, 14, 8, 12, 17, 10, 6, 13, 9, 15, 7, 11, 5];

export function Audio({ message }: { message: AudioMessage }) {
  const { words, resolveUrl } = useHere();
  const player = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const { original } = addresses(message);
  const toggle = () => {
    if (playing) player.current?.pause();
    else void player.current?.play().catch(() => setPlaying(false));
  };
  return (
    <div className="lu-audio">
      <button
        type="button"
        className="lu-audio-play"
        aria-label={playing ? words.pause : `${words.audio} ${words.play}`}
        onClick={toggle}
      >
        <Icon name={playing ? "pause" : "play"} />
      </button>
      <svg className="lu-audio-bars" viewBox="0 0 84 20" aria-hidden="true">
        {BARS.map((height, index) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed drawing
            key={index}
            x={index * 6}
            y={10 - height / 2}
            width="3"
            height={height}
            rx="1.5"
            fill="currentColor"
          />
        ))}
      </svg>
      {message.duration !== undefined && (
        <span className="lu-audio-time">{playingTime(message.duration)}</span>
      )}
      {original && (
        // biome-ignore lint/a11y/useMediaCaption: a voice message has no captions
        <audio
          ref={player}
          src={resolveUrl(original)}
          preload="none"
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onEnded={() => setPlaying(false)}
        />
      )}
    </div>
  );
}

export function File({ message }: { message: FileMessage }) {
  const { act } = useHere();
  const url = message.originalContentUrl;
  return (
    <button
      type="button"
      className="lu-file"
      onClick={() => url && act({ type: "uri", uri: url }, "link")}
    >
      <Icon name="file" />
      <span className="lu-file-name">{message.fileName}</span>
      <span className="lu-file-size">{fileSize(message.fileSize ?? 0)}</span>
    </button>
  );
}
