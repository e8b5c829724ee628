import { useCallback, useEffect, useRef, useState } from "react";

export interface Fetched<T> {
  data: T | undefined;
  error: Error | undefined;
  /** Fetches again; calls that come while one is under way become a single later one. */
  reload: () => void;
}

/** Fetches when `load` changes and when told to. Old data stays until new data is there. */
export function useFetched<T>(load: () => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ data?: T; error?: Error }>({});
  const busy = useRef<(() => Promise<T>) | undefined>(undefined);
  const again = useRef(false);

  const run = useCallback(async () => {
    if (busy.current === load) {
      again.current = true;
      return;
    }
    busy.current = load;
    do {
      again.current = false;
      try {
        const data = await load();
        // Another `load` has taken over meanwhile; its answer counts.
        if (busy.current !== load) return;
        setState({ data });
      } catch (error) {
        if (busy.current !== load) return;
        setState((before) => ({ ...before, error: error as Error }));
      }
    } while (again.current);
    busy.current = undefined;
  }, [load]);

  useEffect(() => {
    void run();
    return () => {
      busy.current = undefined;
    };
  }, [run]);

  const reload = useCallback(() => void run(), [run]);
  return { data: state.data, error: state.error, reload };
}
