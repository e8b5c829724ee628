import { type RefObject, useRef, useState } from "react";
import type { Said } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { MAX_BYTES, saidOf } from "./files.ts";
import { Sign } from "./icons.tsx";
import { Stickers } from "./Stickers.tsx";

/** The lower edge of a room: text, stickers, files, places. */
export function Composer(props: {
  text: string;
  onText: (text: string) => void;
  onSay: (said: Said) => void;
  onPlace: () => void;
  onProblem: (text: string) => void;
  /** The room's other lower edge, when the account has a rich menu. */
  onMenu: (() => void) | undefined;
  quoted: { text: string; onDrop: () => void } | undefined;
  input: RefObject<HTMLTextAreaElement | null>;
  file: RefObject<HTMLInputElement | null>;
}) {
  const { text, onText, onSay, onPlace, onProblem, onMenu, quoted, input, file } = props;
  const words = useWords();
  const [extra, setExtra] = useState<"stickers" | "attach">();
  const composing = useRef(false);

  const send = () => {
    if (text.trim() === "") return;
    onSay({ text });
    onText("");
  };
  const toggle = (which: "stickers" | "attach") => setExtra(extra === which ? undefined : which);
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    if (chosen.size > MAX_BYTES) onProblem(words.tooLarge);
    else onSay(await saidOf(chosen));
    setExtra(undefined);
  };

  return (
    <div className="ph-composer">
      {quoted && (
        <div className="ph-composer-quote">
          <span>{words.replyingTo(quoted.text)}</span>
          <button type="button" aria-label={words.close} onClick={quoted.onDrop}>
            <Sign name="close" />
          </button>
        </div>
      )}
      <div className="ph-composer-line">
        {onMenu && (
          <button type="button" aria-label={words.menu} onClick={onMenu}>
            <Sign name="menu" />
          </button>
        )}
        <button
          type="button"
          aria-label={words.attach}
          aria-expanded={extra === "attach"}
          onClick={() => toggle("attach")}
        >
          <Sign name="plus" />
        </button>
        <textarea
          ref={input}
          rows={1}
          value={text}
          maxLength={5000}
          placeholder={words.message}
          aria-label={words.message}
          onChange={(event) => onText(event.target.value)}
          onCompositionStart={() => {
            composing.current = true;
          }}
          onCompositionEnd={() => {
            composing.current = false;
          }}
          onKeyDown={(event) => {
            // The Enter that ends a kana conversion is not meant to send.
            if (event.key !== "Enter" || event.shiftKey || composing.current) return;
            event.preventDefault();
            send();
          }}
        />
        <button
          type="button"
          aria-label={words.stickers}
          aria-expanded={extra === "stickers"}
          onClick={() => toggle("stickers")}
        >
          <Sign name="smile" />
        </button>
        <button
          type="button"
          className="ph-send"
          aria-label={words.send}
          disabled={text.trim() === ""}
          onClick={send}
        >
          <Sign name="send" />
        </button>
      </div>
      <input
        ref={file}
        type="file"
        hidden
        aria-label={words.photo}
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = "";
          void choose(chosen);
        }}
      />
      {extra === "stickers" && <Stickers onPick={(sticker) => onSay({ sticker })} />}
      {extra === "attach" && (
        <div className="ph-attach">
          <button type="button" onClick={() => file.current?.click()}>
            <Sign name="photo" />
            {words.photo}
          </button>
          <button
            type="button"
            onClick={() => {
              setExtra(undefined);
              onPlace();
            }}
          >
            <Sign name="pin" />
            {words.location}
          </button>
        </div>
      )}
    </div>
  );
}
