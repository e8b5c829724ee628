/** The components of a flex box, each drawn as a child of its box. */
import { useRef, useState } from "react";
import { useHere } from "../context.tsx";
import type {
  FlexBox,
  FlexButton,
  FlexComponent,
  FlexIcon,
  FlexImage,
  FlexSeparator,
  FlexText,
  FlexVideo,
} from "../flex-types.ts";
import { PlaySign } from "../parts/media.tsx";
import { Picture } from "../parts/Picture.tsx";
import { color, imageWidth, ratio } from "./measure.ts";
import { useShrinkToFit } from "./shrink.ts";
import {
  boxStyle,
  buttonStyle,
  gravity,
  imageFrame,
  isAbsolute,
  itemStyle,
  lettering,
  lettersHeight,
  type Parent,
  paragraph,
} from "./style.ts";
import { holdsAction, tappable } from "./tap.ts";

interface Drawn<C> {
  component: C;
  parent: Parent;
  /** Whether it is the first component of its box that takes up room. */
  first: boolean;
}

function Component(props: Drawn<FlexComponent>) {
  const { component, ...place } = props;
  switch (component.type) {
    case "box":
      return <Box component={component} {...place} />;
    case "text":
      return <Text component={component} {...place} />;
    case "button":
      return <Button component={component} {...place} />;
    case "image":
      return <Image component={component} {...place} />;
    case "video":
      return <Video component={component} />;
    case "icon":
      return <Icon component={component} {...place} />;
    case "separator":
      return <Separator component={component} {...place} />;
    case "filler":
      return <div style={itemStyle(component, place.parent, place.first)} />;
    default:
      // A component newer than this library takes up no room.
      return null;
  }
}

export function Contents({ box }: { box: FlexBox }) {
  const contents = box.contents ?? [];
  const first = contents.findIndex((child) => !isAbsolute(child));
  const parent: Parent = { layout: box.layout, spacing: box.spacing };
  return contents.map((child, index) => (
    <Component
      // biome-ignore lint/suspicious/noArrayIndexKey: components have no identity but their place
      key={index}
      component={child}
      parent={parent}
      first={index === first}
    />
  ));
}

function Box({ component: box, parent, first }: Drawn<FlexBox>) {
  const { act } = useHere();
  const inside = holdsAction(box) ? "tappable" : "plain";
  return (
    <div
      className="lu-box"
      style={{ ...boxStyle(box), ...itemStyle(box, parent, first) }}
      {...tappable(box.action, act, inside)}
    >
      <Contents box={box} />
    </div>
  );
}

function Text({ component: text, parent, first }: Drawn<FlexText>) {
  const { act, fontScale } = useHere();
  const line = useRef<HTMLParagraphElement>(null);
  const height = lettersHeight(text, fontScale);
  useShrinkToFit(line, text.wrap ? undefined : text.adjustMode, height);
  return (
    <div
      className="lu-flextext"
      style={{ ...itemStyle(text, parent, first), ...gravity(text.gravity, parent) }}
      {...tappable(text.action, act, "plain")}
    >
      <p ref={line} style={{ ...paragraph(text, height), ...lettering(text) }}>
        {text.contents
          ? text.contents.map((span, index) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
                key={index}
                style={{
                  ...lettering(span),
                  ...(span.size
                    ? { fontSize: lettersHeight({ ...text, size: span.size }, fontScale) }
                    : {}),
                }}
              >
                {span.text}
              </span>
            ))
          : text.text}
      </p>
    </div>
  );
}

function Button({ component: button, parent, first }: Drawn<FlexButton>) {
  const { act, fontScale } = useHere();
  const label = useRef<HTMLSpanElement>(null);
  const height = lettersHeight(
    { size: "md", ...(button.scaling ? { scaling: true } : {}) },
    fontScale,
  );
  useShrinkToFit(label, button.adjustMode, height);
  return (
    <div
      className="lu-flexbutton"
      style={{ ...itemStyle(button, parent, first), ...gravity(button.gravity, parent) }}
    >
      <button
        type="button"
        style={buttonStyle(button)}
        onClick={(event) => {
          event.stopPropagation();
          act(button.action);
        }}
      >
        <span ref={label} style={{ fontSize: height }}>
          {button.action?.label}
        </span>
      </button>
    </div>
  );
}

function Image({ component: image, parent, first }: Drawn<FlexImage>) {
  const { act } = useHere();
  return (
    <div
      className="lu-fleximage"
      style={{ ...itemStyle(image, parent, first), ...imageFrame(image, parent) }}
      {...tappable(image.action, act, "plain")}
    >
      <Framed image={image} />
    </div>
  );
}

/** The picture in its own proportions; `fit` shows all of it, `cover` fills the frame. */
export function Framed({ image }: { image: FlexImage }) {
  const { words } = useHere();
  const { action } = image;
  const alt = action ? ("label" in action && action.label) || words.image : "";
  return (
    <div
      className="lu-frame"
      style={{
        width: imageWidth(image.size),
        aspectRatio: ratio(image.aspectRatio),
        backgroundColor: color(image.backgroundColor),
      }}
    >
      <Picture
        url={image.url}
        alt={alt}
        style={{ objectFit: image.aspectMode === "cover" ? "cover" : "contain" }}
      />
    </div>
  );
}

function Icon({ component: icon, parent, first }: Drawn<FlexIcon>) {
  const { fontScale } = useHere();
  const height = lettersHeight(icon, fontScale);
  return (
    <div
      className="lu-flexicon"
      style={{
        ...itemStyle(icon, parent, first),
        height,
        width: height * ratio(icon.aspectRatio),
      }}
    >
      <Picture url={icon.url} style={{ objectFit: "contain" }} />
    </div>
  );
}

function Separator({ component: separator, parent, first }: Drawn<FlexSeparator>) {
  const lying = parent.layout === "vertical";
  return (
    <div
      className={lying ? "lu-separator" : "lu-separator lu-separator--standing"}
      style={{
        ...itemStyle(separator, parent, first),
        backgroundColor: color(separator.color),
      }}
    />
  );
}

/** A film in a hero block; its action's label appears when it has ended. */
export function Video({ component: video }: { component: FlexVideo }) {
  const { act, words, resolveUrl } = useHere();
  const [state, setState] = useState<"still" | "playing" | "ended">("still");
  const { action } = video;
  return (
    <div className="lu-flexvideo" style={{ aspectRatio: ratio(video.aspectRatio) }}>
      {state === "playing" ? (
        // biome-ignore lint/a11y/useMediaCaption: the message format has no captions
        <video
          src={resolveUrl(video.url)}
          poster={resolveUrl(video.previewUrl)}
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
          <Picture url={video.previewUrl} style={{ objectFit: "cover" }} />
          <PlaySign />
        </button>
      )}
      {state !== "playing" && action && "label" in action && action.label && (
        <button type="button" className="lu-video-link" onClick={() => act(action)}>
          {action.label}
        </button>
      )}
    </div>
  );
}
