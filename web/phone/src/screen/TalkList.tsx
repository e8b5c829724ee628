import { type Locale, listLabel } from "@enishi/line-ui";
import type { Channel, PhoneView, RoomKey, TalkSummary } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { Face } from "./Face.tsx";

export function keyOf(talk: TalkSummary): RoomKey {
  return talk.group_id !== null
    ? { group_id: talk.group_id }
    : { channel_id: talk.channel_id ?? "" };
}

/** The first screen: talks, newest first, and the accounts that could be added. */
export function TalkList(props: {
  view: PhoneView;
  now: number;
  locale: Locale;
  onOpen: (key: RoomKey) => void;
  onProfile: (channel: Channel) => void;
  onAdd: (channel: Channel) => void;
}) {
  const { view, now, locale, onOpen, onProfile, onAdd } = props;
  const words = useWords();
  const where = { timeZone: "Asia/Tokyo", locale };
  return (
    <div className="ph-list">
      <header className="ph-list-header">
        <h1>{words.talks}</h1>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="ph-list-body" tabIndex={0} aria-label={words.talks}>
        {view.talks.length === 0 && <p className="ph-list-empty">{words.noTalks}</p>}
        <ul>
          {view.talks.map((talk) => (
            <li key={talk.group_id ?? talk.channel_id}>
              <button type="button" className="ph-talk" onClick={() => onOpen(keyOf(talk))}>
                <Face who={talk} />
                <span className="ph-talk-words">
                  <span className="ph-talk-name">
                    {talk.name}
                    {talk.group_id !== null && <small>{words.group}</small>}
                    {talk.state === "blocked" && <small>{words.block}</small>}
                  </span>
                  <span className="ph-talk-last">{talk.last?.text}</span>
                </span>
                <span className="ph-talk-side">
                  {talk.last && <time>{listLabel(talk.last.at_ms, now, where)}</time>}
                  {talk.unread > 0 && <b>{talk.unread > 999 ? "999+" : talk.unread}</b>}
                </span>
              </button>
            </li>
          ))}
        </ul>
        {view.others.length > 0 && <h2>{words.others}</h2>}
        <ul>
          {view.others.map((channel) => (
            <li key={channel.channel_id} className="ph-other">
              <button type="button" className="ph-talk" onClick={() => onProfile(channel)}>
                <Face who={channel} />
                <span className="ph-talk-words">
                  <span className="ph-talk-name">{channel.name}</span>
                  <span className="ph-talk-last">{channel.basic_id}</span>
                </span>
              </button>
              <button
                type="button"
                className="ph-button"
                aria-label={`${channel.name} ${words.addFriend}`}
                onClick={() => onAdd(channel)}
              >
                {words.add}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
