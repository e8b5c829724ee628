import type { Channel, FriendState } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { Face } from "./Face.tsx";
import { Sheet } from "./Sheet.tsx";

/** An account's profile: add, block, unblock, open the talk. */
export function ProfileSheet(props: {
  channel: Channel;
  state: FriendState;
  onAct: (act: "follow" | "block" | "unblock") => void;
  onTalk: () => void;
  onClose: () => void;
}) {
  const { channel, state, onAct, onTalk, onClose } = props;
  const words = useWords();
  return (
    <Sheet label={`${words.profile}: ${channel.name}`} onClose={onClose}>
      <div className="ph-profile">
        <Face who={channel} />
        <h2>{channel.name}</h2>
        <p>
          {channel.basic_id} ・ {words.friends(channel.friends)}
        </p>
        <div className="ph-profile-acts">
          {state === "never" && (
            <button type="button" className="ph-button" onClick={() => onAct("follow")}>
              {words.addFriend}
            </button>
          )}
          {state === "blocked" && (
            <button type="button" className="ph-button" onClick={() => onAct("unblock")}>
              {words.unblock}
            </button>
          )}
          <button type="button" className="ph-button ph-button--quiet" onClick={onTalk}>
            {words.openTalk}
          </button>
          {state === "friend" && (
            <button
              type="button"
              className="ph-button ph-button--quiet"
              onClick={() => onAct("block")}
            >
              {words.block}
            </button>
          )}
        </div>
      </div>
    </Sheet>
  );
}
