/** What is being written survives an expired session, a reload and a lost network. */
import { useCallback, useEffect, useRef, useState } from "react";

const PREFIX = "enishi.draft.";

function read<T>(key: string): T | undefined {
  const stored = localStorage.getItem(PREFIX + key);
  if (stored === null) return undefined;
  try {
    return JSON.parse(stored) as T;
  } catch {
    return undefined;
  }
}

/** Throws away what was written under a key that no page shows any more. */
export function dropDraft(key: string): void {
  localStorage.removeItem(PREFIX + key);
}

export interface Draft<T> {
  value: T;
  set: (value: T | ((before: T) => T)) => void;
  /** It was saved (then with what the page goes on from) or thrown away. */
  forget: (next?: T) => void;
  /** Whether it came from an earlier visit. */
  found: boolean;
  /** Whether there is something that is not saved. */
  touched: boolean;
}

/** State that is also kept in this browser under `key`, until it is forgotten. */
export function useDraft<T>(key: string, initial: T): Draft<T> {
  const [found, setFound] = useState(() => read<T>(key) !== undefined);
  const [touched, setTouched] = useState(found);
  const [value, setValue] = useState<T>(() => read<T>(key) ?? initial);
  const start = useRef(initial);

  useEffect(() => {
    if (touched) localStorage.setItem(PREFIX + key, JSON.stringify(value));
  }, [key, touched, value]);

  const set = useCallback((next: T | ((before: T) => T)) => {
    setTouched(true);
    setValue(next);
  }, []);
  const forget = useCallback(
    (next?: T) => {
      localStorage.removeItem(PREFIX + key);
      if (next !== undefined) start.current = next;
      setFound(false);
      setTouched(false);
      setValue(start.current);
    },
    [key],
  );
  return { value, set, forget, found, touched };
}

const INTENTS = "enishi.intent.";
/** The server remembers for a day; after that a repetition would be a new wish there too. */
const REMEMBERED_MS = 23 * 3_600_000;

interface Kept {
  wish: string;
  key: string;
  at: number;
}

function kept(name: string): Kept | undefined {
  try {
    const found = JSON.parse(localStorage.getItem(INTENTS + name) ?? "null") as Kept | null;
    return found && Date.now() - found.at < REMEMBERED_MS ? found : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The key under which the server knows this wish. The same wish sent twice (a lost answer, an impatient finger, a page
 * loaded anew in between) has the same key and is done once; another body, a done or a given-up wish gets a new key.
 * `name` says what is wished, with the thing it is wished for.
 */
export function useIntent(name: string): { keyFor: (wish: unknown) => string; done: () => void } {
  return {
    keyFor(wish) {
      const text = JSON.stringify(wish) ?? "";
      const known = kept(name);
      if (known?.wish === text) return known.key;
      const next: Kept = { wish: text, key: newKey(), at: Date.now() };
      localStorage.setItem(INTENTS + name, JSON.stringify(next));
      return next.key;
    },
    /** It was done, or nobody wants it any more. */
    done() {
      localStorage.removeItem(INTENTS + name);
    },
  };
}

/** `randomUUID` is only there on secure origins; a server on the shop's own network may have none. */
function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
