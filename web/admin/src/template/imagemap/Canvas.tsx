/** The picture with its areas, moved and stretched by hand or by arrow keys. */
import type { Area } from "@enishi/line-ui";
import { Box, Image } from "@mantine/core";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { moved, resized, type Size } from "./areas.ts";
import style from "./Canvas.module.css";

interface CanvasProps {
  picture: string;
  size: Size;
  areas: Area[];
  chosen: number;
  onChoose: (index: number) => void;
  onChange: (index: number, area: Area) => void;
}

/** One arrow key, in the picture's measure; with Alt ten times finer. */
const STEP = 20;

export function Canvas({ picture, size, areas, chosen, onChoose, onChange }: CanvasProps) {
  const { t } = useTranslation("template");
  const frame = useRef<HTMLDivElement>(null);
  const key = (index: number, area: Area) => (event: KeyboardEvent) => {
    const step = event.altKey ? STEP / 10 : STEP;
    const [dx, dy] = ARROWS[event.key] ?? [0, 0];
    if (dx === 0 && dy === 0) return;
    event.preventDefault();
    const change = event.shiftKey ? resized : moved;
    onChange(index, change(area, dx * step, dy * step, size));
  };
  const drag = (index: number, area: Area, change: typeof moved) => (down: PointerEvent) => {
    down.preventDefault();
    down.stopPropagation();
    onChoose(index);
    const scale = size.width / (frame.current?.clientWidth || size.width);
    const target = down.currentTarget as HTMLElement;
    target.setPointerCapture(down.pointerId);
    target.onpointermove = (move) => {
      const [dx, dy] = [move.clientX - down.clientX, move.clientY - down.clientY];
      onChange(index, change(area, dx * scale, dy * scale, size));
    };
    target.onpointerup = () => {
      target.onpointermove = null;
    };
  };
  return (
    <Box
      ref={frame}
      className={style.frame}
      style={{ aspectRatio: `${size.width}/${size.height}` }}
    >
      <Image src={picture} alt="" w="100%" h="100%" draggable={false} />
      {areas.map((area, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: an area is its place in the list
          key={index}
          type="button"
          className={style.area}
          data-chosen={index === chosen || undefined}
          aria-pressed={index === chosen}
          aria-label={t("imagemap.areaN", { n: index + 1 })}
          aria-description={t("imagemap.keys")}
          style={{
            left: `${(area.x / size.width) * 100}%`,
            top: `${(area.y / size.height) * 100}%`,
            width: `${(area.width / size.width) * 100}%`,
            height: `${(area.height / size.height) * 100}%`,
          }}
          onFocus={() => onChoose(index)}
          onKeyDown={key(index, area)}
          onPointerDown={drag(index, area, moved)}
        >
          <span className={style.number}>{index + 1}</span>
          <span className={style.corner} onPointerDown={drag(index, area, resized)} />
        </button>
      ))}
    </Box>
  );
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
