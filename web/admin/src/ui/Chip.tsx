/** Small words in a row of a long list: a hundred of them are drawn at once, so they are nothing but elements. */
import type { ReactNode } from "react";
import style from "./Chip.module.css";

export type Tone = "gray" | "pine" | "red" | "blue" | "orange" | "yellow";

export function Chip({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={style.chip} data-tone={tone}>
      {children}
    </span>
  );
}

export function Chips({ children }: { children: ReactNode }) {
  return <span className={style.chips}>{children}</span>;
}
