/** Flex messages: containers, blocks, components. Source: Messaging API reference, "Flex Message". */
import type { Action } from "./types.ts";

/** `none`, `xs` … `xxl`, or pixels such as `12px`; where LINE allows it also a percentage. */
export type FlexLength = string;
export type FlexAlign = "start" | "end" | "center";
export type FlexGravity = "top" | "bottom" | "center";

export interface Offsets {
  position?: "relative" | "absolute";
  offsetTop?: FlexLength;
  offsetBottom?: FlexLength;
  offsetStart?: FlexLength;
  offsetEnd?: FlexLength;
}

interface Item extends Offsets {
  flex?: number;
  margin?: FlexLength;
}

export interface LinearGradient {
  type: "linearGradient";
  angle: string;
  startColor: string;
  endColor: string;
  centerColor?: string;
  centerPosition?: string;
}

export interface FlexBox extends Item {
  type: "box";
  layout: "horizontal" | "vertical" | "baseline";
  contents: FlexComponent[];
  spacing?: FlexLength;
  width?: FlexLength;
  maxWidth?: FlexLength;
  height?: FlexLength;
  maxHeight?: FlexLength;
  paddingAll?: FlexLength;
  paddingTop?: FlexLength;
  paddingBottom?: FlexLength;
  paddingStart?: FlexLength;
  paddingEnd?: FlexLength;
  backgroundColor?: string;
  borderColor?: string;
  borderWidth?: string;
  cornerRadius?: FlexLength;
  justifyContent?:
    | "flex-start"
    | "center"
    | "flex-end"
    | "space-between"
    | "space-around"
    | "space-evenly";
  alignItems?: "flex-start" | "center" | "flex-end";
  background?: LinearGradient;
  action?: Action;
}

export interface FlexButton extends Item {
  type: "button";
  action: Action;
  height?: "sm" | "md";
  style?: "primary" | "secondary" | "link";
  color?: string;
  gravity?: FlexGravity;
  adjustMode?: "shrink-to-fit";
  scaling?: boolean;
}

export interface FlexImage extends Item {
  type: "image";
  url: string;
  size?: string;
  aspectRatio?: string;
  aspectMode?: "cover" | "fit";
  align?: FlexAlign;
  gravity?: FlexGravity;
  backgroundColor?: string;
  action?: Action;
  animated?: boolean;
}

export interface FlexVideo {
  type: "video";
  url: string;
  previewUrl: string;
  altContent: FlexBox | FlexImage;
  aspectRatio?: string;
  action?: Action;
}

export interface FlexIcon extends Offsets {
  type: "icon";
  url: string;
  size?: string;
  aspectRatio?: string;
  margin?: FlexLength;
  scaling?: boolean;
}

interface Lettering {
  text?: string;
  size?: string;
  color?: string;
  weight?: "regular" | "bold";
  style?: "normal" | "italic";
  decoration?: "none" | "underline" | "line-through";
}

export interface FlexSpan extends Lettering {
  type: "span";
}

export interface FlexText extends Item, Lettering {
  type: "text";
  contents?: FlexSpan[];
  align?: FlexAlign;
  gravity?: FlexGravity;
  wrap?: boolean;
  lineSpacing?: string;
  maxLines?: number;
  adjustMode?: "shrink-to-fit";
  scaling?: boolean;
  action?: Action;
}

export interface FlexSeparator {
  type: "separator";
  margin?: FlexLength;
  color?: string;
}

export interface FlexFiller {
  type: "filler";
  flex?: number;
}

export type FlexComponent =
  | FlexBox
  | FlexButton
  | FlexImage
  | FlexVideo
  | FlexIcon
  | FlexText
  | FlexSeparator
  | FlexFiller;

export interface BlockStyle {
  backgroundColor?: string;
  separator?: boolean;
  separatorColor?: string;
}

export type BubbleSize = "nano" | "micro" | "deca" | "hecto" | "kilo" | "mega" | "giga";

export interface FlexBubble {
  type: "bubble";
  size?: BubbleSize;
  direction?: "ltr" | "rtl";
  header?: FlexBox;
  hero?: FlexBox | FlexImage | FlexVideo;
  body?: FlexBox;
  footer?: FlexBox;
  styles?: { header?: BlockStyle; hero?: BlockStyle; body?: BlockStyle; footer?: BlockStyle };
  action?: Action;
}

export interface FlexCarousel {
  type: "carousel";
  contents: FlexBubble[];
}

export type FlexContainer = FlexBubble | FlexCarousel;
