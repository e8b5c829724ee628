/** Settings of which a colleague may have changed others in the meantime: only what was changed here is written. */
import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useRef } from "react";
import { asProblem } from "../api/problem.ts";
import type { Kept } from "../api/types.ts";

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Of `values`, what is not as in `base`. */
function changed<T extends object>(values: T, base: T): Partial<T> {
  const keys = Object.keys(values) as (keyof T)[];
  return Object.fromEntries(
    keys.filter((key) => !same(values[key], base[key])).map((key) => [key, values[key]]),
  ) as Partial<T>;
}

/** Times it is tried while colleagues save at the same moment. */
const TRIES = 3;

/** Saves `change` of what stands now, and of what a colleague saves in that very moment. */
export async function amend<T extends object>(
  now: () => Promise<Kept<T>>,
  change: (stored: T) => T,
  save: (next: Kept<T>) => Promise<Kept<T>>,
): Promise<Kept<T>> {
  for (let tries = 1; ; tries++) {
    const stored = await now();
    try {
      return await save({ ...change(stored), revision: stored.revision });
    } catch (thrown) {
      if (asProblem(thrown).code !== "edited_meanwhile" || tries === TRIES) throw thrown;
    }
  }
}

/** A form over what is stored: as long as nobody writes in it, it shows what colleagues have set since. */
export function useStored<T extends object>(form: UseFormReturnType<T>, stored: T) {
  const base = useRef(stored);
  const show = (kept: T, mine: Partial<T> = {}) => {
    base.current = kept;
    form.resetDirty(kept);
    form.setValues({ ...kept, ...mine });
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when something else is stored
  useEffect(() => {
    if (Object.keys(changed(form.getValues(), base.current)).length === 0) show(stored);
  }, [JSON.stringify(stored)]);
  return {
    /** What was changed here. */
    changes: (values: T) => changed(values, base.current),
    /** `sent` was saved as `kept`; what was written meanwhile stays. */
    settle: (sent: T, kept: T) => show(kept, changed(form.getValues(), sent)),
  };
}
