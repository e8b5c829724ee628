import { type ReactNode, useRef } from "react";
import { useWords } from "../words.ts";
import { useModal } from "./modal.ts";

/** A sheet that rises from the phone's lower edge; Escape and a tap beside it close it. */
export function Sheet(props: { label: string; onClose: () => void; children: ReactNode }) {
  const { label, onClose, children } = props;
  const words = useWords();
  const shade = useRef<HTMLDivElement>(null);
  useModal(shade, onClose);
  return (
    <div
      className="ph-shade"
      ref={shade}
      role="dialog"
      aria-modal="true"
      aria-label={label}
      tabIndex={-1}
    >
      <button type="button" className="ph-shade-close" aria-label={words.close} onClick={onClose} />
      <div className="ph-sheet">{children}</div>
    </div>
  );
}
