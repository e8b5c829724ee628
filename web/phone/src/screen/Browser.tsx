import { useEffect, useRef, useState } from "react";
import { useWords } from "../words.ts";
import { Sign } from "./icons.tsx";
import { useModal } from "./modal.ts";

/** The in-app browser: a page over the phone, with its title and a way out. */
export function Browser(props: {
  url: string;
  onClose: () => void;
  /** A page of this origin asks for another one in its place. */
  onOpen: (url: string) => void;
}) {
  const { url, onClose, onOpen } = props;
  const words = useWords();
  const frame = useRef<HTMLIFrameElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  useModal(layer, onClose);
  const [title, setTitle] = useState("");
  const [round, setRound] = useState(0);
  const host = new URL(url, location.href).host;

  // Inside LINE a LIFF page can close its window or open another; here it tells the phone around it.
  useEffect(() => {
    const heard = (event: MessageEvent<unknown>) => {
      if (event.source !== frame.current?.contentWindow) return;
      const said = event.data as { liff?: unknown; url?: unknown; external?: unknown } | null;
      if (said?.liff === "closeWindow") onClose();
      if (said?.liff !== "openWindow" || typeof said.url !== "string") return;
      if (said.external === true) window.open(said.url, "_blank", "noopener");
      else onOpen(said.url);
    };
    window.addEventListener("message", heard);
    return () => window.removeEventListener("message", heard);
  }, [onClose, onOpen]);

  return (
    <div
      className="ph-browser"
      ref={layer}
      role="dialog"
      aria-modal="true"
      aria-label={words.browser}
      tabIndex={-1}
    >
      <header>
        <button type="button" aria-label={words.close} onClick={onClose}>
          <Sign name="close" />
        </button>
        <span className="ph-browser-title">
          <strong>{title || host}</strong>
          <small>{host}</small>
        </span>
        <button type="button" aria-label={words.reload} onClick={() => setRound(round + 1)}>
          <Sign name="reload" />
        </button>
        <button
          type="button"
          aria-label={words.otherTab}
          onClick={() => window.open(url, "_blank", "noopener")}
        >
          <Sign name="tab" />
        </button>
      </header>
      <iframe
        key={round}
        ref={frame}
        src={url}
        title={title || host}
        // A page may not replace the phone around it.
        sandbox="allow-scripts allow-forms allow-same-origin allow-popups allow-downloads allow-modals"
        onLoad={() => setTitle(titleOf(frame.current))}
      />
    </div>
  );
}

/** The title of a page of this origin; of others the browser tells nothing. */
function titleOf(frame: HTMLIFrameElement | null): string {
  try {
    return frame?.contentDocument?.title ?? "";
  } catch {
    return "";
  }
}
