/** Flex containers: one bubble, or several side by side. */
import type { CSSProperties } from "react";
import { useHere } from "../context.tsx";
import type {
  BlockStyle,
  FlexBox,
  FlexBubble,
  FlexContainer,
  FlexImage,
  FlexVideo,
} from "../flex-types.ts";
import { Strip } from "../parts/Strip.tsx";
import { Contents, Framed, Video } from "./Component.tsx";
import { color } from "./measure.ts";
import { boxStyle } from "./style.ts";
import { bubbleHoldsAction, holdsAction, tappable } from "./tap.ts";

export function Flex({ contents }: { contents: FlexContainer }) {
  if (contents.type === "bubble") return <Bubble bubble={contents} />;
  return (
    <Strip>
      {contents.contents.map((bubble, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bubbles have no identity but their place
        <Bubble key={index} bubble={bubble} />
      ))}
    </Strip>
  );
}

const SIZES = new Set(["nano", "micro", "deca", "hecto", "kilo", "mega", "giga"]);

function Bubble({ bubble }: { bubble: FlexBubble }) {
  const { act } = useHere();
  const size = bubble.size && SIZES.has(bubble.size) ? bubble.size : "mega";
  const { header, hero, body, footer, styles } = bubble;
  const inside = bubbleHoldsAction(bubble) ? "tappable" : "plain";
  return (
    <div
      className={`lu-bubble lu-bubble--${size}`}
      dir={bubble.direction === "rtl" ? "rtl" : "ltr"}
      {...tappable(bubble.action, act, inside)}
    >
      {header && <Block name="header" block={header} style={styles?.header} />}
      {hero && <Block name="hero" block={hero} style={styles?.hero} />}
      {body && <Block name={footer ? "body-above" : "body"} block={body} style={styles?.body} />}
      {footer && <Block name="footer" block={footer} style={styles?.footer} />}
    </div>
  );
}

function blockStyle(style: BlockStyle | undefined): CSSProperties {
  const line = style?.separator
    ? `1px solid ${color(style.separatorColor) ?? "#d4d6da"}`
    : undefined;
  return {
    ...(color(style?.backgroundColor) ? { backgroundColor: color(style?.backgroundColor) } : {}),
    ...(line ? { borderTop: line } : {}),
  };
}

function Block(props: {
  name: "header" | "hero" | "body" | "body-above" | "footer";
  block: FlexBox | FlexImage | FlexVideo;
  style: BlockStyle | undefined;
}) {
  const { name, block, style } = props;
  const { act } = useHere();
  const outer = `lu-block lu-block--${name}`;
  if (block.type === "video") {
    return (
      <div className={outer} style={blockStyle(style)}>
        <Video component={block} />
      </div>
    );
  }
  if (block.type === "image") {
    return (
      <div className={outer} style={blockStyle(style)} {...tappable(block.action, act, "plain")}>
        <div className="lu-fleximage" style={{ alignItems: HERO_ALIGN[block.align ?? "center"] }}>
          <Framed image={block} />
        </div>
      </div>
    );
  }
  return (
    <div className={outer} style={blockStyle(style)}>
      <div
        className="lu-box lu-block-box"
        style={boxStyle(block)}
        {...tappable(block.action, act, holdsAction(block) ? "tappable" : "plain")}
      >
        <Contents box={block} />
      </div>
    </div>
  );
}

const HERO_ALIGN = { start: "flex-start", center: "center", end: "flex-end" } as const;
