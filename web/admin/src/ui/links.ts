/** Plain links in a long list go through the router as its own links do, without each of them listening to it. */
import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, PointerEvent } from "react";

const linkOf = (event: MouseEvent | PointerEvent) =>
  event.target instanceof Element ? event.target.closest("a") : null;

/** Handlers for the element around them. */
export function useLinks() {
  const router = useRouter();
  const within = (link: HTMLAnchorElement | null) => {
    if (link?.origin !== location.origin || !link.pathname.startsWith(router.basepath)) return;
    return link.pathname.slice(router.basepath.length) + link.search;
  };
  return {
    onClick: (event: MouseEvent) => {
      const to = within(linkOf(event));
      const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey;
      if (!to || other || event.altKey || event.defaultPrevented) return;
      event.preventDefault();
      void router.navigate({ to });
    },
    onPointerOver: (event: PointerEvent) => {
      const to = within(linkOf(event));
      if (to) void router.preloadRoute({ to }).catch(() => undefined);
    },
  };
}
