import { RichMenuView as RichMenuDrawing } from "@enishi/line-ui";
import type { RichMenuView } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { Sign } from "./icons.tsx";

/** The lower edge of a room with a rich menu: its picture, and the bar that opens and closes it. */
export function MenuBar(props: {
  view: RichMenuView;
  open: boolean;
  onOpen: (open: boolean) => void;
  onKeyboard: () => void;
  onArea: (area: number) => void;
}) {
  const { view, open, onOpen, onKeyboard, onArea } = props;
  const words = useWords();
  if (!view.rich_menu) return null;
  return (
    <div className="ph-menu">
      <div className="ph-menu-bar">
        <button type="button" aria-label={words.keyboard} onClick={onKeyboard}>
          <Sign name="keyboard" />
        </button>
        <button
          type="button"
          className="ph-menu-title"
          aria-expanded={open}
          aria-label={`${view.rich_menu.chatBarText} – ${open ? words.hideMenu : words.showMenu}`}
          onClick={() => onOpen(!open)}
        >
          {view.rich_menu.chatBarText} <span aria-hidden="true">{open ? "▾" : "▴"}</span>
        </button>
      </div>
      {open && (
        <div className="lu-root">
          <RichMenuDrawing
            menu={view.rich_menu}
            imageUrl={view.image_url ?? undefined}
            onArea={onArea}
          />
        </div>
      )}
    </div>
  );
}
