import type { HTMLAttributes, KeyboardEvent, MouseEvent } from "react";
import type { Here } from "../context.tsx";
import type { FlexBubble, FlexComponent } from "../flex-types.ts";
import type { Action } from "../types.ts";

/** Whether something inside can be tapped by itself. */
export function holdsAction(component: FlexComponent | undefined): boolean {
  if (!component) return false;
  if (component.type !== "box")
    return ("action" in component && !!component.action) || component.type === "video";
  return (component.contents ?? []).some((child) =>
    child.type === "box" ? !!child.action || holdsAction(child) : holdsAction(child),
  );
}

export function bubbleHoldsAction(bubble: FlexBubble): boolean {
  return [bubble.header, bubble.hero, bubble.body, bubble.footer].some(
    (block) => !!block && (("action" in block && !!block.action) || holdsAction(block)),
  );
}

/**
 * What makes a drawn part tappable. The innermost action wins. A part with tappable parts inside is no
 * button to assistive technology (buttons may not be nested), but still reacts to Enter.
 */
export function tappable(
  action: Action | undefined,
  act: Here["act"],
  inside: "plain" | "tappable",
): HTMLAttributes<HTMLElement> {
  if (!action) return {};
  const label = "label" in action && action.label ? { "aria-label": action.label } : {};
  return {
    role: inside === "plain" ? "button" : "group",
    tabIndex: 0,
    ...(inside === "tappable" ? label : {}),
    onClick: (event: MouseEvent) => {
      event.stopPropagation();
      act(action);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" || event.target !== event.currentTarget) return;
      event.stopPropagation();
      act(action);
    },
  };
}
