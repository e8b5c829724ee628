import { type CSSProperties, useState } from "react";
import { useHere } from "../context.tsx";
import type { Action, Area, ImagemapAction, ImagemapMessage, ImagemapVideo } from "../types.ts";
import { PlaySign } from "./media.tsx";
import { Picture } from "./Picture.tsx";

/** The width LINE gives every imagemap; heights and areas are measured against it. */
const BASE_WIDTH = 1040;

/** Where an area lies on the picture, as percentages, so that it holds at any drawn size. */
export function areaStyle(area: Area, size: { width: number; height: number }): CSSProperties {
  const percent = (part: number, whole: number) => `${(part / whole) * 100}%`;
  return {
    left: percent(area.x, size.width),
    top: percent(area.y, size.height),
    width: percent(area.width, size.width),
    height: percent(area.height, size.height),
  };
}

/** The same wish in the words of the other messages. */
function asAction(action: ImagemapAction): Action {
  switch (action.type) {
    case "uri":
      return { type: "uri", uri: action.linkUri };
    case "message":
      return { type: "message", text: action.text };
    case "clipboard":
      return { type: "clipboard", clipboardText: action.clipboardText };
  }
}

export function Imagemap({ message }: { message: ImagemapMessage }) {
  const { act, words } = useHere();
  const height = message.baseSize?.height || BASE_WIDTH;
  const size = { width: message.baseSize?.width || BASE_WIDTH, height };
  return (
    <div className="lu-imagemap" style={{ aspectRatio: `${size.width} / ${size.height}` }}>
      <Picture url={message.baseUrl ? `${message.baseUrl}/1040` : ""} alt={message.altText} />
      {message.video && <VideoArea video={message.video} size={size} />}
      {(message.actions ?? []).map((action, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: an area is its place in the list
          key={index}
          type="button"
          className="lu-area"
          style={areaStyle(action.area, size)}
          aria-label={action.label || words.imagemapArea(index + 1)}
          onClick={() => act(asAction(action), "message", action)}
        />
      ))}
    </div>
  );
}

/** Plays in its place; the link appears when the film has ended, as on the phone. */
function VideoArea(props: { video: ImagemapVideo; size: { width: number; height: number } }) {
  const { act, words, resolveUrl } = useHere();
  const { video, size } = props;
  const [state, setState] = useState<"still" | "playing" | "ended">("still");
  const link = video.externalLink;
  return (
    <div className="lu-imagemap-video" style={areaStyle(video.area, size)}>
      {state === "playing" ? (
        // biome-ignore lint/a11y/useMediaCaption: the message format has no captions
        <video
          src={resolveUrl(video.originalContentUrl)}
          poster={resolveUrl(video.previewImageUrl)}
          controls
          autoPlay
          playsInline
          onEnded={() => setState("ended")}
        />
      ) : (
        <button
          type="button"
          className="lu-cover"
          aria-label={`${words.video} ${words.play}`}
          onClick={() => setState("playing")}
        >
          <Picture url={video.previewImageUrl} />
          <PlaySign />
        </button>
      )}
      {state === "ended" && link && (
        <button
          type="button"
          className="lu-video-link"
          onClick={() => act({ type: "uri", uri: link.linkUri }, "message", link)}
        >
          {link.label}
        </button>
      )}
    </div>
  );
}
