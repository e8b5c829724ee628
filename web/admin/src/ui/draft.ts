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

/**
 * The key under which the server knows this wish. The same wish sent twice (a lost answer, an impatient finger) has the
 * same key and is done once; another body or a done wish gets a new key.
 */
export function useIntent(): { keyFor: (wish: unknown) => string; done: () => void } {
  const current = useRef<{ wish: string; key: string } | undefined>(undefined);
  return {
    keyFor(wish) {
      const text = JSON.stringify(wish) ?? "";
      if (current.current?.wish !== text) current.current = { wish: text, key: newKey() };
      return current.current.key;
    },
    done() {
      current.current = undefined;
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
