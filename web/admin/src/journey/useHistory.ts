/** Undo and redo over a value that lives elsewhere. Typing that goes on without a pause is one change. */
import { useCallback, useRef, useState } from "react";

const MOST = 100;
const PAUSE_MS = 800;

export interface History<T> {
  /** Says that `before` is about to become something else. */
  note: (before: T, what: string) => void;
  /** What stood there before; give what stands there now. */
  undo: (now: T) => T | undefined;
  redo: (now: T) => T | undefined;
  canUndo: boolean;
  canRedo: boolean;
  clear: () => void;
}

export function useHistory<T>(): History<T> {
  const past = useRef<T[]>([]);
  const future = useRef<T[]>([]);
  const last = useRef({ what: "", at: 0 });
  const [, redraw] = useState(0);
  const moved = useCallback(() => redraw((n) => n + 1), []);
  const step = useCallback(
    (from: T[], to: T[], now: T) => {
      const value = from.pop();
      if (value === undefined) return undefined;
      to.push(now);
      last.current = { what: "", at: 0 };
      moved();
      return value;
    },
    [moved],
  );
  return {
    note: useCallback(
      (before, what) => {
        const at = performance.now();
        const same = what !== "" && what === last.current.what && at - last.current.at < PAUSE_MS;
        last.current = { what, at };
        if (same) return;
        past.current = [...past.current.slice(1 - MOST), before];
        future.current = [];
        moved();
      },
      [moved],
    ),
    undo: useCallback((now) => step(past.current, future.current, now), [step]),
    redo: useCallback((now) => step(future.current, past.current, now), [step]),
    canUndo: past.current.length > 0,
    canRedo: future.current.length > 0,
    clear: useCallback(() => {
      past.current = [];
      future.current = [];
      moved();
    }, [moved]),
  };
}
