/** The kinds of bubbles the composer can make. What it does not know is kept as JSON and never lost. */
import type { Bubble } from "../api/types.ts";
import { emptyDesign, write } from "./flex/blocks.ts";

export const KINDS = [
  "text",
  "image",
  "imagemap",
  "video",
  "audio",
  "buttons",
  "confirm",
  "carousel",
  "image_carousel",
  "flex",
  "sticker",
  "location",
  "coupon",
] as const;
export type BubbleKind = (typeof KINDS)[number];

const button = () => ({ type: "uri", label: "", uri: "" });
export const emptyColumn = () => ({ text: "", actions: [button()] });
export const emptyButton = button;
export const emptyCard = () => ({ imageUrl: "", action: button() });

const MAKERS: Record<BubbleKind, (alt: string) => object> = {
  text: () => ({ type: "text", text: "" }),
  image: () => ({ type: "image", originalContentUrl: "", previewImageUrl: "" }),
  buttons: (altText) => ({
    type: "template",
    altText,
    template: { type: "buttons", text: "", actions: [button()] },
  }),
  confirm: (altText) => ({
    type: "template",
    altText,
    template: {
      type: "confirm",
      text: "",
      actions: [
        { type: "message", label: "はい", text: "はい" },
        { type: "message", label: "いいえ", text: "いいえ" },
      ],
    },
  }),
  carousel: (altText) => ({
    type: "template",
    altText,
    template: { type: "carousel", columns: [emptyColumn(), emptyColumn()] },
  }),
  sticker: () => ({ type: "sticker", packageId: "446", stickerId: "1988" }),
  image_carousel: (altText) => ({
    type: "template",
    altText,
    template: { type: "image_carousel", columns: [emptyCard(), emptyCard()] },
  }),
  flex: (altText) => ({ type: "flex", altText, contents: write(emptyDesign(altText)) }),
  imagemap: (altText) => ({
    type: "imagemap",
    baseUrl: "",
    altText,
    baseSize: { width: 1040, height: 1040 },
    actions: [],
  }),
  video: () => ({ type: "video", originalContentUrl: "", previewImageUrl: "" }),
  audio: () => ({ type: "audio", originalContentUrl: "", duration: 0 }),
  location: () => ({ type: "location", title: "", address: "", latitude: 0, longitude: 0 }),
  coupon: () => ({ type: "coupon", couponId: "" }),
};

export const makeBubble = (kind: BubbleKind, alt: string): Bubble => MAKERS[kind](alt) as Bubble;

/** Which editor a bubble gets; `undefined` for kinds only JSON can edit. */
export function kindOf(bubble: Bubble): BubbleKind | undefined {
  if (bubble.type === "template") {
    const { template } = bubble as { template?: { type?: string } };
    return KINDS.find((kind) => kind === template?.type);
  }
  return KINDS.find((kind) => kind === bubble.type);
}

/** A copy in which one field is another; empty texts of optional fields are left out. */
export function withField<T extends object>(value: T, key: string, next: unknown): T {
  const { [key]: _, ...rest } = value as Record<string, unknown>;
  return (next === undefined ? rest : { ...rest, [key]: next }) as T;
}
