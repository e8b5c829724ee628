/**
 * Our own faces for stickers and emoji. LINE's artwork may not be copied and its pictures cannot be
 * fetched, so an id is turned into a small drawing that is always the same for the same id.
 */

/** FNV-1a, 32 bit. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}

const SKINS = [
  "#ffd66b",
  "#ffb3a7",
  "#a9dcc3",
  "#b9c7f5",
  "#f3c6e5",
  "#c9e59a",
  "#ffcf9f",
] as const;
const INK = "#4a3b36";

const MOODS = [
  "smile",
  "laugh",
  "wink",
  "love",
  "cry",
  "angry",
  "sleepy",
  "surprised",
  "cool",
  "shy",
  "cheer",
  "think",
] as const;
type Mood = (typeof MOODS)[number];
type Ears = "none" | "cat" | "bear" | "rabbit" | "leaf";
const EARS: readonly Ears[] = ["none", "cat", "bear", "rabbit", "leaf"];

const pick = <T,>(from: readonly [T, ...T[]] | readonly T[], n: number): T =>
  from[n % from.length] as T;

export interface Looks {
  skin: string;
  ears: Ears;
  mood: Mood;
}

/** One figure per package, one mood per sticker; neighbours in a package differ. */
export function looksOf(group: string, id: string): Looks {
  const who = hash(group);
  const digits = Number.parseInt(id.slice(-6), 10);
  const which = Number.isNaN(digits) ? hash(id) : digits;
  return { skin: pick(SKINS, who), ears: pick(EARS, who >>> 4), mood: pick(MOODS, which) };
}

const stroke = { fill: "none", stroke: INK, strokeWidth: 3, strokeLinecap: "round" } as const;

/** The face in a box of 100 × 100. */
export function Face({ skin, ears, mood }: Looks) {
  return (
    <g>
      <EarShapes ears={ears} skin={skin} />
      <circle cx="50" cy="54" r="36" fill={skin} />
      <circle cx="26" cy="62" r="6" fill="#f58b7d" opacity=".45" />
      <circle cx="74" cy="62" r="6" fill="#f58b7d" opacity=".45" />
      <Eyes mood={mood} />
      <Mouth mood={mood} />
      <Extra mood={mood} />
    </g>
  );
}

function EarShapes({ ears, skin }: { ears: Ears; skin: string }) {
  switch (ears) {
    case "cat":
      return <path d="M17 44 20 12 44 26ZM83 44 80 12 56 26Z" fill={skin} />;
    case "bear":
      return (
        <g fill={skin}>
          <circle cx="22" cy="28" r="13" />
          <circle cx="78" cy="28" r="13" />
        </g>
      );
    case "rabbit":
      return (
        <g fill={skin}>
          <ellipse cx="35" cy="18" rx="9" ry="20" />
          <ellipse cx="65" cy="18" rx="9" ry="20" />
        </g>
      );
    case "leaf":
      return (
        <path
          d="M50 20C50 8 60 4 72 6 70 16 62 22 50 20ZM50 20C50 12 43 8 34 10 36 18 42 22 50 20Z"
          fill="#77b255"
        />
      );
    case "none":
      return null;
  }
}

function Eyes({ mood }: { mood: Mood }) {
  switch (mood) {
    case "laugh":
    case "cheer":
      return <path d="M29 52q7-9 14 0M57 52q7-9 14 0" {...stroke} />;
    case "wink":
      return (
        <g>
          <circle cx="36" cy="50" r="4.5" fill={INK} />
          <path d="M57 51q7-7 14 0" {...stroke} />
        </g>
      );
    case "love":
      return (
        <path
          d="M36 58c-12-8-9-15-4-15 3 0 4 3 4 3s1-3 4-3c5 0 8 7-4 15ZM64 58c-12-8-9-15-4-15 3 0 4 3 4 3s1-3 4-3c5 0 8 7-4 15Z"
          fill="#e4572e"
        />
      );
    case "angry":
      return (
        <g>
          <path d="M28 42l14 6M72 42l-14 6" {...stroke} />
          <circle cx="37" cy="53" r="4" fill={INK} />
          <circle cx="63" cy="53" r="4" fill={INK} />
        </g>
      );
    case "sleepy":
      return <path d="M29 50q7 7 14 0M57 50q7 7 14 0" {...stroke} />;
    case "cool":
      return (
        <path
          d="M24 44h24v8a10 10 0 0 1-20 0ZM52 44h24l-4 8a10 10 0 0 1-20 0ZM46 46h8"
          fill={INK}
          stroke={INK}
        />
      );
    case "surprised":
      return (
        <g fill="#fff" stroke={INK} strokeWidth="2">
          <circle cx="36" cy="49" r="7" />
          <circle cx="64" cy="49" r="7" />
          <circle cx="36" cy="49" r="2" fill={INK} />
          <circle cx="64" cy="49" r="2" fill={INK} />
        </g>
      );
    default:
      return (
        <g fill={INK}>
          <circle cx="36" cy="50" r="4.5" />
          <circle cx="64" cy="50" r="4.5" />
        </g>
      );
  }
}

function Mouth({ mood }: { mood: Mood }) {
  switch (mood) {
    case "laugh":
    case "cheer":
    case "love":
      return <path d="M36 63h28q-2 15-14 15t-14-15Z" fill="#c8443a" stroke={INK} strokeWidth="2" />;
    case "cry":
    case "angry":
      return <path d="M40 74q10-9 20 0" {...stroke} />;
    case "surprised":
      return <ellipse cx="50" cy="71" rx="6" ry="8" fill="#c8443a" stroke={INK} strokeWidth="2" />;
    case "think":
      return <path d="M42 71h14" {...stroke} />;
    case "sleepy":
      return <path d="M45 69q5 5 10 0" {...stroke} />;
    default:
      return <path d="M39 66q11 11 22 0" {...stroke} />;
  }
}

function Extra({ mood }: { mood: Mood }) {
  switch (mood) {
    case "cry":
      return <path d="M33 58q-6 12 0 14 6-2 0-14ZM67 58q-6 12 0 14 6-2 0-14Z" fill="#58a6e8" />;
    case "sleepy":
      return (
        <path
          d="M76 16h10l-10 12h10M90 6h6l-6 7h6"
          fill="none"
          stroke="#6f7fb3"
          strokeWidth="3"
          strokeLinejoin="round"
        />
      );
    case "cheer":
      return (
        <path
          d="M10 26l8 6M6 42l10 1M90 26l-8 6M94 42l-10 1"
          fill="none"
          stroke="#f0a202"
          strokeWidth="4"
          strokeLinecap="round"
        />
      );
    case "shy":
      return (
        <path
          d="M20 66l4-6M26 67l4-6M70 67l4-6M76 67l4-6"
          fill="none"
          stroke="#e4675b"
          strokeWidth="2.5"
          strokeLinecap="round"
        />
      );
    case "think":
      return (
        <g fill="#8fa1c7">
          <circle cx="80" cy="24" r="4" />
          <circle cx="88" cy="14" r="6" />
        </g>
      );
    case "surprised":
      return <path d="M84 14v14M84 35v1" stroke="#e4572e" strokeWidth="5" strokeLinecap="round" />;
    default:
      return null;
  }
}
