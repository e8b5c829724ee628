/** Flex properties as CSS. Pure, so that each rule of the layout can be tested by itself. */
import type { CSSProperties } from "react";
import type {
  FlexBox,
  FlexButton,
  FlexComponent,
  FlexGravity,
  FlexImage,
  FlexText,
  LinearGradient,
  Offsets,
} from "../flex-types.ts";
import {
  angle,
  border,
  color,
  extent,
  imageWidth,
  length,
  letters,
  offset,
  space,
} from "./measure.ts";

/** Leaves out what is undefined: React would accept it, `exactOptionalPropertyTypes` does not. */
function css(style: { [K in keyof CSSProperties]: CSSProperties[K] | undefined }): CSSProperties {
  return Object.fromEntries(
    Object.entries(style).filter(([, value]) => value !== undefined),
  ) as CSSProperties;
}

/** What a component must know of the box it stands in. */
export interface Parent {
  layout: FlexBox["layout"];
  spacing: string | undefined;
}

/**
 * The component's share of its box.
 *
 * Horizontal: `flex` n ≥ 1 shares the width by n alone, default 1. Vertical: n ≥ 1 shares what is left
 * over after the contents, default 0. A given width (height) takes the component out of the sharing.
 * Source: LINE, "Flex Message layout", "Component size".
 */
export function share(component: FlexComponent, layout: FlexBox["layout"]): string {
  const alone = "0 0 auto";
  if (component.type === "separator" || component.type === "icon") return alone;
  if (component.type === "video") return alone;
  if (layout === "vertical") {
    const fixed = component.type === "box" && extent(component.height) !== undefined;
    const flex = component.flex ?? (component.type === "filler" ? 1 : 0);
    return fixed || flex <= 0 ? alone : `${flex} 0 auto`;
  }
  const fixed = component.type === "box" && extent(component.width) !== undefined;
  const flex = component.flex ?? 1;
  return fixed || flex <= 0 ? alone : `${flex} 0 0`;
}

/**
 * The space before a component: its own margin, also for the first one; else the box's spacing, which
 * does not stand before the first component and is ignored for fillers.
 */
export function spaceBefore(component: FlexComponent, parent: Parent, first: boolean): number {
  const own = "margin" in component ? space(component.margin) : undefined;
  if (own !== undefined) return own;
  return first || component.type === "filler" ? 0 : (space(parent.spacing) ?? 0);
}

function placed(item: Offsets): CSSProperties {
  return css({
    position: item.position === "absolute" ? "absolute" : "relative",
    top: offset(item.offsetTop),
    bottom: offset(item.offsetBottom),
    insetInlineStart: offset(item.offsetStart),
    insetInlineEnd: offset(item.offsetEnd),
  });
}

/** How a component sits in its box: share, space before it, position. */
export function itemStyle(component: FlexComponent, parent: Parent, first: boolean): CSSProperties {
  const where = "position" in component || "offsetTop" in component || hasOffset(component);
  const offsets = where ? placed(component as Offsets) : {};
  if (offsets.position === "absolute") return offsets;
  const before = spaceBefore(component, parent, first);
  const margin =
    before === 0
      ? {}
      : parent.layout === "vertical"
        ? { marginTop: before }
        : { marginInlineStart: before };
  return { flex: share(component, parent.layout), ...margin, ...offsets };
}

function hasOffset(component: FlexComponent): boolean {
  return "offsetBottom" in component || "offsetStart" in component || "offsetEnd" in component;
}

export function isAbsolute(component: FlexComponent): boolean {
  return "position" in component && component.position === "absolute";
}

/** `linear-gradient(…)`, or nothing when a colour is missing. */
export function gradient(background: LinearGradient | undefined): string | undefined {
  if (background?.type !== "linearGradient") return undefined;
  const start = color(background.startColor);
  const end = color(background.endColor);
  if (!start || !end) return undefined;
  const centre = color(background.centerColor);
  const at = background.centerPosition;
  const stop = centre ? `, ${centre} ${at && /^\d+(\.\d+)?%$/.test(at) ? at : "50%"}` : "";
  return `linear-gradient(${angle(background.angle)}, ${start}${stop}, ${end})`;
}

export function boxStyle(box: FlexBox): CSSProperties {
  const width = border(box.borderWidth);
  const all = length(box.paddingAll);
  return css({
    flexDirection: box.layout === "vertical" ? "column" : "row",
    // A baseline box aligns by baseline whatever else is said.
    alignItems: box.layout === "baseline" ? "baseline" : box.alignItems,
    justifyContent: box.justifyContent,
    width: extent(box.width),
    maxWidth: extent(box.maxWidth),
    height: extent(box.height),
    maxHeight: extent(box.maxHeight),
    paddingTop: length(box.paddingTop) ?? all,
    paddingBottom: length(box.paddingBottom) ?? all,
    paddingInlineStart: length(box.paddingStart) ?? all,
    paddingInlineEnd: length(box.paddingEnd) ?? all,
    backgroundColor: color(box.backgroundColor),
    backgroundImage: gradient(box.background),
    borderRadius: length(box.cornerRadius),
    ...(width ? { border: `${width}px solid ${color(box.borderColor) ?? "#000000"}` } : {}),
  });
}

const GRAVITY: Record<FlexGravity, string> = {
  top: "flex-start",
  center: "center",
  bottom: "flex-end",
};

/** Where the content lies in a component that is taller than it. Ignored in baseline boxes. */
export function gravity(value: FlexGravity | undefined, parent: Parent): CSSProperties {
  if (value === undefined || parent.layout === "baseline") return {};
  return { justifyContent: GRAVITY[value] };
}

const ALIGN = { start: "flex-start", center: "center", end: "flex-end" } as const;

export function imageFrame(image: FlexImage, parent: Parent): CSSProperties {
  const width = imageWidth(image.size);
  return css({
    alignItems: ALIGN[image.align ?? "center"],
    ...gravity(image.gravity, parent),
    // A relative width needs a definite one around it, even when the box aligns its children.
    alignSelf: width.endsWith("%") && parent.layout === "vertical" ? "stretch" : undefined,
  });
}

/** Letters' height in px, with the user's font setting where the component asks for it. */
export function lettersHeight(
  component: { size?: string; scaling?: boolean },
  fontScale: number,
): number {
  return letters(component.size) * (component.scaling ? fontScale : 1);
}

export function lettering(part: {
  color?: string;
  weight?: string;
  style?: string;
  decoration?: string;
}): CSSProperties {
  return css({
    color: color(part.color),
    fontWeight: part.weight === "bold" ? 700 : part.weight === "regular" ? 400 : undefined,
    fontStyle: part.style === "italic" ? "italic" : part.style === "normal" ? "normal" : undefined,
    textDecoration:
      part.decoration === "underline" || part.decoration === "line-through"
        ? part.decoration
        : part.decoration === "none"
          ? "none"
          : undefined,
  });
}

/** Natural line height of flex texts, as a factor of the letters. */
const LINE_HEIGHT = 1.4;

/** The paragraph of a text: wrapping, line limit, line spacing, alignment. */
export function paragraph(text: FlexText, height: number): CSSProperties {
  const between = text.wrap ? space(text.lineSpacing) : undefined;
  const limited = text.wrap && text.maxLines !== undefined && text.maxLines > 0;
  return css({
    fontSize: height,
    lineHeight: between ? `calc(${LINE_HEIGHT}em + ${between}px)` : LINE_HEIGHT,
    // The extra space stands between lines only, not above the first and below the last.
    marginBlock: between ? -between / 2 : undefined,
    textAlign: text.align ?? "start",
    whiteSpace: text.wrap ? "pre-wrap" : "nowrap",
    ...(limited
      ? {
          display: "-webkit-box",
          WebkitBoxOrient: "vertical" as const,
          WebkitLineClamp: text.maxLines,
        }
      : {}),
  });
}

/** Default colours of LINE's three button styles; the style says what `color` means. */
export function buttonStyle(button: FlexButton): CSSProperties {
  const given = color(button.color);
  const height = button.height === "sm" ? 40 : 52;
  switch (button.style) {
    case "primary":
      return { height, backgroundColor: given ?? "#17c950", color: "#ffffff" };
    case "secondary":
      return { height, backgroundColor: given ?? "#dcdfe5", color: "#111111" };
    default:
      return { height, color: given ?? "#42659a" };
  }
}
