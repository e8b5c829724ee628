import { useHere } from "../context.tsx";
import type { RichMenu } from "../types.ts";
import { areaStyle } from "./Imagemap.tsx";
import { Picture } from "./Picture.tsx";

/** A rich menu's picture with its areas. `onArea` tells which one was tapped. */
export function RichMenuView(props: {
  menu: RichMenu;
  imageUrl: string | undefined;
  onArea: (index: number) => void;
  /** Draws the areas' borders, for editors. */
  outlines?: "shown";
}) {
  const { words } = useHere();
  const { menu, imageUrl, onArea, outlines } = props;
  return (
    <div
      className={outlines ? "lu-richmenu lu-richmenu--outlined" : "lu-richmenu"}
      style={{ aspectRatio: `${menu.size.width} / ${menu.size.height}` }}
    >
      <Picture url={imageUrl} alt={menu.chatBarText} />
      {(menu.areas ?? []).map((area, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: an area is its place in the list
          key={index}
          type="button"
          className="lu-area"
          style={areaStyle(area.bounds, menu.size)}
          aria-label={area.action.label || words.imagemapArea(index + 1)}
          onClick={() => onArea(index)}
        />
      ))}
    </div>
  );
}
