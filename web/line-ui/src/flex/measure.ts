/**
 * Flex's words for sizes, turned into CSS.
 *
 * LINE publishes the keywords and their order, not their pixels; the figures here are what its apps
 * draw at the standard font size. Everything that is not a known word, a length or a colour is dropped,
 * so that no text of a message reaches a style attribute.
 */

const SPACES: Record<string, number> = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };

const BORDERS: Record<string, number> = {
  none: 0,
  light: 0.5,
  normal: 1,
  medium: 2,
  "semi-bold": 3,
  bold: 4,
};

const LETTERS: Record<string, number> = {
  xxs: 11,
  xs: 13,
  sm: 14,
  md: 16,
  lg: 19,
  xl: 22,
  xxl: 29,
  "3xl": 35,
  "4xl": 48,
  "5xl": 74,
};

const IMAGES: Record<string, string> = {
  xxs: "40px",
  xs: "60px",
  sm: "80px",
  md: "100px",
  lg: "120px",
  xl: "140px",
  xxl: "160px",
  "3xl": "180px",
  "4xl": "200px",
  "5xl": "220px",
  full: "100%",
};

const PIXELS = /^\d+(\.\d+)?px$/;
const OFFSET_PIXELS = /^-?\d+(\.\d+)?px$/;
const PERCENT = /^\d+(\.\d+)?%$/;
const OFFSET_PERCENT = /^-?\d+(\.\d+)?%$/;

/** Pixels of a keyword from `words` or of a `12px`; otherwise nothing. */
function pixels(value: string | undefined, words: Record<string, number>): number | undefined {
  if (value === undefined) return undefined;
  const word = Object.hasOwn(words, value) ? words[value] : undefined;
  if (word !== undefined) return word;
  return PIXELS.test(value) ? Number.parseFloat(value) : undefined;
}

/** Margin and spacing: keyword or pixels, in px. */
export const space = (value: string | undefined) => pixels(value, SPACES);

/** Border width in px. */
export const border = (value: string | undefined) => pixels(value, BORDERS);

/** Height of letters and icons in px; `md` when nothing usable is given. */
export const letters = (value: string | undefined): number => pixels(value, LETTERS) ?? 16;

/** Padding, corner: keyword, pixels or percentage. */
export function length(value: string | undefined): string | undefined {
  if (value !== undefined && PERCENT.test(value)) return value;
  const px = pixels(value, SPACES);
  return px === undefined ? undefined : `${px}px`;
}

/** Offsets: as `length`, and they may be negative. */
export function offset(value: string | undefined): string | undefined {
  if (value !== undefined && (OFFSET_PERCENT.test(value) || OFFSET_PIXELS.test(value)))
    return value;
  return length(value);
}

/** Width and height of a box: pixels or percentage, no keywords. */
export function extent(value: string | undefined): string | undefined {
  return value !== undefined && (PIXELS.test(value) || PERCENT.test(value)) ? value : undefined;
}

/** Width of an image; `md` when nothing usable is given. */
export function imageWidth(value: string | undefined): string {
  if (value !== undefined && Object.hasOwn(IMAGES, value)) return IMAGES[value] as string;
  return extent(value) ?? (IMAGES.md as string);
}

/** `20:13` → 20/13 as a number; 1 when it is not a ratio LINE accepts. */
export function ratio(value: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(value ?? "");
  if (!match) return 1;
  const width = Number(match[1]);
  const height = Number(match[2]);
  return width > 0 && height > 0 ? width / height : 1;
}

/** `#RRGGBB` or `#RRGGBBAA`. */
export function color(value: string | undefined): string | undefined {
  return value !== undefined && /^#([0-9a-f]{6}|[0-9a-f]{8})$/i.test(value) ? value : undefined;
}

/** `23.5deg` within [0, 360). */
export function angle(value: string | undefined): string {
  const match = /^(\d+(?:\.\d+)?)deg$/.exec(value ?? "");
  return match && Number(match[1]) < 360 ? (value as string) : "0deg";
}
