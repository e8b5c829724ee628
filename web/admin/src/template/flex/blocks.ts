/**
 * A flex message as a shop clerk thinks of it: a picture above, lines of text, prices, buttons below. Written as LINE's
 * JSON, and read back only from exactly what is written here: anything else is left to those who know the JSON.
 */
import type { LineAction } from "../ActionEditor.tsx";

export type Block =
  | { kind: "title"; text: string }
  | { kind: "text"; text: string; tone: "plain" | "small" }
  | { kind: "pair"; name: string; value: string }
  | { kind: "line" };

export interface Button {
  action: LineAction;
  look: "primary" | "secondary" | "link";
}

export const SIZES = ["kilo", "mega", "giga"] as const;
export const RATIOS = ["20:13", "1:1", "3:4"] as const;

export interface Card {
  picture: string;
  ratio: (typeof RATIOS)[number];
  blocks: Block[];
  buttons: Button[];
}
export interface Design {
  size: (typeof SIZES)[number];
  cards: Card[];
}

export const MOST_CARDS = 12;
export const MOST_BUTTONS = 4;

/** One colour for buttons and prices, dark enough to be read on white. */
const ACCENT = "#0B7A4B";

export const emptyDesign = (title: string): Design => ({ size: "mega", cards: [emptyCard(title)] });
export const emptyCard = (title: string): Card => ({
  picture: "",
  ratio: "20:13",
  blocks: [{ kind: "title", text: title }],
  buttons: [],
});

type Json = Record<string, unknown>;

export function write(design: Design): Json {
  const bubbles = design.cards.map((card) => bubble(card, design.size));
  const [only] = bubbles;
  return bubbles.length === 1 && only ? only : { type: "carousel", contents: bubbles };
}

function bubble(card: Card, size: string): Json {
  return {
    type: "bubble",
    size,
    ...(card.picture
      ? {
          hero: {
            type: "image",
            url: card.picture,
            size: "full",
            aspectRatio: card.ratio,
            aspectMode: "cover",
          },
        }
      : {}),
    body: {
      type: "box",
      layout: "vertical",
      spacing: "md",
      contents: card.blocks.map(component),
    },
    ...(card.buttons.length > 0
      ? {
          footer: {
            type: "box",
            layout: "vertical",
            spacing: "sm",
            contents: card.buttons.map(button),
          },
        }
      : {}),
  };
}

function component(block: Block): Json {
  switch (block.kind) {
    case "title":
      return { type: "text", text: block.text, weight: "bold", size: "xl", wrap: true };
    case "text":
      return block.tone === "small"
        ? { type: "text", text: block.text, size: "sm", color: "#6B6B6B", wrap: true }
        : { type: "text", text: block.text, wrap: true };
    case "pair":
      return {
        type: "box",
        layout: "baseline",
        contents: [
          { type: "text", text: block.name, size: "sm", color: "#6B6B6B", flex: 2 },
          {
            type: "text",
            text: block.value,
            weight: "bold",
            color: ACCENT,
            align: "end",
            flex: 3,
            wrap: true,
          },
        ],
      };
    case "line":
      return { type: "separator" };
  }
}

const button = ({ action, look }: Button): Json => ({
  type: "button",
  style: look,
  height: "sm",
  ...(look === "primary" ? { color: ACCENT } : {}),
  action,
});

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The design behind this JSON; `undefined` when it holds anything a design cannot say. */
export function read(contents: unknown): Design | undefined {
  if (!isJson(contents)) return undefined;
  const bubbles = contents.type === "carousel" ? list(contents.contents) : [contents];
  const size = SIZES.find((one) => one === bubbles[0]?.size) ?? "mega";
  const design = { size, cards: bubbles.map(card) };
  return same(write(design), contents) ? design : undefined;
}

function card(bubble: Json): Card {
  const hero = isJson(bubble.hero) ? bubble.hero : {};
  const body = isJson(bubble.body) ? bubble.body : {};
  const footer = isJson(bubble.footer) ? bubble.footer : {};
  return {
    picture: text(hero.url),
    ratio: RATIOS.find((one) => one === hero.aspectRatio) ?? "20:13",
    blocks: list(body.contents).map(blockOf),
    buttons: list(footer.contents).map((one) => ({
      action: (isJson(one.action) ? one.action : { type: "uri" }) as unknown as LineAction,
      look: one.style === "primary" || one.style === "secondary" ? one.style : "link",
    })),
  };
}

function blockOf(part: Json): Block {
  if (part.type === "separator") return { kind: "line" };
  if (part.type === "box") {
    const [name, value] = list(part.contents);
    return { kind: "pair", name: text(name?.text), value: text(value?.text) };
  }
  if (part.weight === "bold") return { kind: "title", text: text(part.text) };
  return { kind: "text", text: text(part.text), tone: part.size === "sm" ? "small" : "plain" };
}

/** Equal as JSON, in whatever order the keys stand. */
function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((part, n) => same(part, b[n]));
  }
  if (isJson(a) && isJson(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]));
  }
  return a === b;
}
