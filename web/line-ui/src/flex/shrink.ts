import { type RefObject, useLayoutEffect } from "react";

/** The smallest letters that shrinking may lead to, in px. */
const SMALLEST = 8;

/** The letters' height at which `wanted` px of text fit into `room` px. */
export function shrunk(height: number, room: number, wanted: number): number {
  if (room <= 0 || wanted <= room) return height;
  return Math.max(SMALLEST, Math.floor((height * room * 10) / wanted) / 10);
}

/** `adjustMode: shrink-to-fit`: makes the letters of an element smaller until its line fits. */
export function useShrinkToFit(
  element: RefObject<HTMLElement | null>,
  mode: "shrink-to-fit" | undefined,
  height: number,
) {
  useLayoutEffect(() => {
    const target = element.current;
    if (mode !== "shrink-to-fit" || !target) return;
    const fit = () => {
      target.style.fontSize = `${height}px`;
      target.style.fontSize = `${shrunk(height, target.clientWidth, target.scrollWidth)}px`;
    };
    fit();
    const observer = new ResizeObserver(fit);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, mode, height]);
}
