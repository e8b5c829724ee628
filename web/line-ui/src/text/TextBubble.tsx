import { useHere } from "../context.tsx";
import { EmojiDrawing } from "../parts/Emoji.tsx";
import type { TextMessage, TextV2Message } from "../types.ts";
import { isLargeEmoji, type Segment, textSegments, textV2Segments } from "./segments.ts";

export function TextBubble({ message }: { message: TextMessage | TextV2Message }) {
  const segments = message.type === "text" ? textSegments(message) : textV2Segments(message);
  const large = isLargeEmoji(segments);
  return (
    <div className={large ? "lu-text lu-text--large" : "lu-text"}>
      {segments.map((segment, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no identity but their place
        <Part key={index} segment={segment} />
      ))}
    </div>
  );
}

function Part({ segment }: { segment: Segment }) {
  const { act, nameOf, words } = useHere();
  switch (segment.kind) {
    case "text":
      return segment.text;
    case "link":
      return (
        <button
          type="button"
          className="lu-link"
          onClick={() => act({ type: "uri", uri: segment.uri }, "link")}
        >
          {segment.text}
        </button>
      );
    case "emoji":
      return <EmojiDrawing productId={segment.productId} emojiId={segment.emojiId} />;
    case "mention": {
      const name = segment.all ? words.everyone : segment.userId && nameOf(segment.userId);
      return (
        <span className="lu-mention">{segment.text ?? `@${name ?? segment.userId ?? ""}`}</span>
      );
    }
  }
}
