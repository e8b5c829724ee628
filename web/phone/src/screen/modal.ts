import { type RefObject, useEffect, useRef } from "react";

/** The open layers, uppermost last: Escape closes only that one. */
const open: HTMLElement[] = [];

/**
 * Makes everything beside an element unreachable while it is shown, closes it on Escape – wherever the
 * focus is, since a tapped button may be gone – and gives the focus back afterwards.
 */
export function useModal(element: RefObject<HTMLElement | null>, onClose: () => void) {
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    const layer = element.current;
    if (!layer) return;
    const before = document.activeElement;
    const beside = [...(layer.parentElement?.children ?? [])].filter(
      (sibling): sibling is HTMLElement =>
        sibling instanceof HTMLElement && sibling !== layer && !sibling.inert,
    );
    for (const sibling of beside) sibling.inert = true;
    open.push(layer);
    layer.focus();
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape" && open.at(-1) === layer) close.current();
    };
    document.addEventListener("keydown", pressed);
    return () => {
      document.removeEventListener("keydown", pressed);
      open.splice(open.indexOf(layer), 1);
      for (const sibling of beside) sibling.inert = false;
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [element]);
}
