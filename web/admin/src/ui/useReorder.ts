/** Rows put into another order: by a handle with mouse, finger or pen, and with the arrow keys on it. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";

interface Dragging {
  from: number;
  to: number;
}

/** `move` is told once, when the row is let go. */
export function useReorder(move: (from: number, to: number) => void) {
  const list = useRef<HTMLOListElement>(null);
  const [dragging, setDragging] = useState<Dragging>();

  const placeAt = (y: number): number => {
    const rows = [...(list.current?.children ?? [])];
    const below = rows.findIndex((row) => {
      const { top, height } = row.getBoundingClientRect();
      return y < top + height / 2;
    });
    return below === -1 ? rows.length : below;
  };
  const begin = (from: number) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragging({ from, to: from });
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (!dragging) return;
    const gap = placeAt(event.clientY);
    // A gap behind the row itself is one place less once the row is lifted out.
    const to = gap > dragging.from ? gap - 1 : gap;
    if (to !== dragging.to) setDragging({ ...dragging, to });
  };
  const drop = () => {
    if (dragging && dragging.from !== dragging.to) move(dragging.from, dragging.to);
    setDragging(undefined);
  };
  const key = (from: number, count: number) => (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    const to = from + step;
    if (step === 0 || to < 0 || to >= count) return;
    event.preventDefault();
    move(from, to);
  };
  return {
    list,
    dragging,
    /** For the handle of a row. */
    handle: (from: number, count: number) => ({
      onPointerDown: begin(from),
      onPointerMove: drag,
      onPointerUp: drop,
      onPointerCancel: () => setDragging(undefined),
      onKeyDown: key(from, count),
      style: { touchAction: "none", cursor: dragging ? "grabbing" : "grab" } as const,
    }),
  };
}
