import { type ReactNode, useDeferredValue } from "react";

/** Drawn right after what is seen first, which does not wait for it: for what stands below. */
export function Later({ children }: { children: ReactNode }) {
  return useDeferredValue(true, false) ? children : null;
}
