import { useHere } from "../context.tsx";
import type { QuickReply } from "../types.ts";
import { Icon, type IconName } from "./icons.tsx";
import { Picture } from "./Picture.tsx";

/** The phone's own signs for actions that need the phone. */
const DEVICE_ICON: Record<string, IconName> = {
  camera: "camera",
  cameraRoll: "picture",
  location: "pin",
};

/** The strip above the composer; LINE shows only the last message's. */
export function QuickReplies({ quickReply }: { quickReply: QuickReply }) {
  const { act, words } = useHere();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a toolbar of buttons, not a form's field set
    <div className="lu-quick" role="group" aria-label={words.quickReplies}>
      {(quickReply.items ?? []).map((item, index) => {
        const icon = DEVICE_ICON[item.action.type];
        return (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: items have no identity but their place
            key={index}
            type="button"
            className="lu-quick-item"
            onClick={() => act(item.action, "quickReply")}
          >
            {item.imageUrl ? (
              <span className="lu-quick-icon">
                <Picture url={item.imageUrl} />
              </span>
            ) : (
              icon && <Icon name={icon} />
            )}
            {item.action.label}
          </button>
        );
      })}
    </div>
  );
}
