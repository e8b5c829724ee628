/** What is being written survives an expired session, a reload and a lost network. */
import { useCallback, useEffect, useRef, useState } from "react";

let owner = "";

/** Whose drafts these are: others who log in here, and other workspaces, have their own. */
export function draftsOf(workspace: string, user: string | undefined): void {
  owner = `${workspace}.${user ?? ""}.`;
}

const place = (key: string) => `enishi.draft.${owner}${key}`;
const placeOfIntent = (name: string) => `enishi.intent.${owner}${name}`;

function read<T>(key: string): T | undefined {
  const stored = localStorage.getItem(place(key));
  if (stored === null) return undefined;
  try {
    return JSON.parse(stored) as T;
  } catch {
    return undefined;
  }
}

const store = (key: string, value: unknown) =>
  localStorage.setItem(place(key), JSON.stringify(value));

/** Throws away what was written under a key that no page shows any more. */
export function dropDraft(key: string): void {
  localStorage.removeItem(place(key));
}

export interface Draft<T> {
  value: T;
  set: (value: T | ((before: T) => T)) => void;
  /** It was saved (then with what the page goes on from) or thrown away. */
  forget: (next?: T) => void;
  /**
   * `sent` was saved, which may have taken a while: goes on from `next` of it. What was written meanwhile is not saved
   * and stays, as `next` makes it; under the key `moved` where the saved thing has a page of its own. Tells whether
   * everything is saved.
   */
  settle: (sent: T, next: (mine: T) => T, moved?: string) => boolean;
  /** Goes on from what somebody else saved, unless something of one's own stands here; says whether it did. */
  follow: (theirs: T) => boolean;
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
  const latest = useRef(value);
  // At once, where `touched` is told of only when the page is drawn again.
  const own = useRef(found);

  useEffect(() => {
    latest.current = value;
    if (touched) store(key, value);
  }, [key, touched, value]);

  const set = useCallback((next: T | ((before: T) => T)) => {
    own.current = true;
    setTouched(true);
    setValue(next);
  }, []);
  const forget = useCallback(
    (next?: T) => {
      localStorage.removeItem(place(key));
      if (next !== undefined) start.current = next;
      own.current = false;
      setFound(false);
      setTouched(false);
      setValue(start.current);
    },
    [key],
  );
  const follow = useCallback(
    (theirs: T) => {
      if (own.current) return false;
      forget(theirs);
      return true;
    },
    [forget],
  );
  const settle = useCallback(
    (sent: T, next: (mine: T) => T, moved?: string) => {
      const mine = latest.current;
      const more = JSON.stringify(mine) !== JSON.stringify(sent);
      if (moved) {
        if (more) store(moved, next(mine));
        forget();
      } else if (more) {
        start.current = next(sent);
        setFound(false);
        setValue(next);
      } else {
        forget(next(sent));
      }
      return !more;
    },
    [forget],
  );
  return { value, set, forget, settle, follow, found, touched };
}

/** The server remembers for a day; after that a repetition would be a new wish there too. */
const REMEMBERED_MS = 23 * 3_600_000;

interface Kept {
  wish: string;
  key: string;
  at: number;
}

function kept(name: string): Kept | undefined {
  try {
    const found = JSON.parse(localStorage.getItem(placeOfIntent(name)) ?? "null") as Kept | null;
    return found && Date.now() - found.at < REMEMBERED_MS ? found : undefined;
  } catch {
    return undefined;
  }
}

interface Intent {
  keyFor: (wish: unknown) => string;
  /** It was done, or nobody wants it any more. */
  done: () => void;
  /** Whether something was wished whose answer is not known. */
  waits: () => boolean;
}

/**
 * The key under which the server knows this wish. The same wish sent twice (a lost answer, an impatient finger, a page
 * loaded anew in between) has the same key and is done once; another body, a done or a given-up wish gets a new key.
 * `name` says what is wished, with the thing it is wished for.
 */
export function useIntent(name: string): Intent {
  return {
    keyFor(wish) {
      const text = JSON.stringify(wish) ?? "";
      const known = kept(name);
      if (known?.wish === text) return known.key;
      const next: Kept = { wish: text, key: newKey(), at: Date.now() };
      localStorage.setItem(placeOfIntent(name), JSON.stringify(next));
      return next.key;
    },
    done() {
      localStorage.removeItem(placeOfIntent(name));
    },
    waits: () => kept(name) !== undefined,
  };
}

/** `randomUUID` is only there on secure origins; a server on the shop's own network may have none. */
function newKey(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
