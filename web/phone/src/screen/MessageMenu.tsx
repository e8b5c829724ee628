import { messageSummary, type TalkItem } from "@enishi/line-ui";
import { useWords } from "../words.ts";
import { Sheet } from "./Sheet.tsx";

/** What can be done with one message: answer it, copy it, take it back. */
export function MessageMenu(props: {
  item: TalkItem;
  onReply: (() => void) | undefined;
  onCopy: (text: string) => void;
  onUnsend: () => void;
  onClose: () => void;
}) {
  const { item, onReply, onCopy, onUnsend, onClose } = props;
  const words = useWords();
  const text = item.message ? messageSummary(item.message) : "";
  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  return (
    <Sheet label={words.messageMenu} onClose={onClose}>
      <div className="ph-choices">
        {onReply && (
          <button type="button" onClick={then(onReply)}>
            {words.reply}
          </button>
        )}
        <button type="button" onClick={then(() => onCopy(text))}>
          {words.copy}
        </button>
        {item.from === "me" && (
          <button type="button" className="ph-choice--strong" onClick={then(onUnsend)}>
            {words.unsend}
          </button>
        )}
      </div>
    </Sheet>
  );
}
