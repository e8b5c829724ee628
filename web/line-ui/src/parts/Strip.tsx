import type { ReactNode } from "react";
import { useHere } from "../context.tsx";

/** A row of cards that is swiped sideways; focusable, so that the arrow keys move it too. */
export function Strip({ children }: { children: ReactNode }) {
  const { words } = useHere();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="lu-strip" aria-label={words.carousel} tabIndex={0}>
      {children}
    </section>
  );
}
