import { type ReactNode, useEffect, useRef } from "react";
import { useWords } from "../words.ts";

/** A sheet that rises from the phone's lower edge; Escape and a tap beside it close it. */
export function Sheet(props: { label: string; onClose: () => void; children: ReactNode }) {
  const { label, onClose, children } = props;
  const words = useWords();
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    sheet.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div className="ph-shade">
      <button type="button" className="ph-shade-close" aria-label={words.close} onClick={onClose} />
      <div
        className="ph-sheet"
        role="dialog"
        aria-label={label}
        tabIndex={-1}
        ref={sheet}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
        }}
      >
        {children}
      </div>
    </div>
  );
}
