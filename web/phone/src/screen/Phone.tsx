/** One person's phone: talk list, talk rooms, profiles, the in-app browser. */
import type { Author, Locale } from "@enishi/line-ui";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useFetched } from "../fetched.ts";
import { UserPicker } from "../people/UserPicker.tsx";
import { type Sim, SimError } from "../sim/client.ts";
import { faceOf } from "../sim/face.ts";
import { destination } from "../sim/link.ts";
import { type Heard, Live } from "../sim/live.ts";
import type { Channel, FriendState, PhoneView, RoomKey } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { Browser } from "./Browser.tsx";
import { ProfileSheet } from "./ProfileSheet.tsx";
import { RoomScreen } from "./Room.tsx";
import { StatusBar } from "./StatusBar.tsx";
import { keyOf, TalkList } from "./TalkList.tsx";

export interface PhoneProps {
  sim: Sim;
  user: number;
  now: number;
  locale: Locale;
  onUser: (n: number) => void;
  /** Passes on what concerns the whole page: the clock, the connection. */
  onHeard: (heard: Heard) => void;
  onRemove: (() => void) | undefined;
}

export function Phone(props: PhoneProps) {
  const { sim, user, now, locale, onUser, onHeard, onRemove } = props;
  const words = useWords();
  const live = useLiveOf(sim, user, onHeard);
  const { data: view, error, reload } = useFetched(useCallback(() => sim.phone(user), [sim, user]));
  const { data: channels, reload: reloadChannels } = useFetched(
    useCallback(() => sim.channels(), [sim]),
  );
  const [toast, showToast] = useToast();

  useEffect(
    () =>
      live?.listen((heard) => {
        if (heard.name === "clock" || heard.name === "lost") return;
        reload();
        if (heard.name !== "room") reloadChannels();
      }),
    [live, reload, reloadChannels],
  );

  return (
    <section className="ph-phone" aria-label={`${words.title}: ${view?.user.name ?? ""}`}>
      <div className="ph-phone-top">
        <UserPicker
          sim={sim}
          user={view?.user}
          onPick={onUser}
          onFailure={(why) => showToast(words.failed(why))}
        />
        {onRemove && (
          <button
            type="button"
            className="ph-phone-remove"
            aria-label={words.removePhone}
            onClick={onRemove}
          >
            ✕
          </button>
        )}
      </div>
      <div className="ph-body">
        <StatusBar now={now} />
        <div className="ph-screen">
          {view && live && view.user.n === user && (
            <Screens
              key={user}
              {...{ sim, live, view, now, locale }}
              channels={channels ?? []}
              onToast={showToast}
              onChanged={reload}
            />
          )}
          {error instanceof SimError && error.status === 404 && (
            <p className="ph-nobody">{words.noPerson}</p>
          )}
          <div className="ph-toast" role="status">
            {toast && <span>{toast}</span>}
          </div>
        </div>
      </div>
    </section>
  );
}

function Screens(props: {
  sim: Sim;
  live: Live;
  view: PhoneView;
  channels: Channel[];
  now: number;
  locale: Locale;
  onToast: (text: string) => void;
  onChanged: () => void;
}) {
  const { sim, live, view, channels, now, locale, onToast, onChanged } = props;
  const words = useWords();
  const [room, setRoom] = useState<RoomKey>();
  const [draft, setDraft] = useState<string>();
  const [profile, setProfile] = useState<Channel>();
  const [page, setPage] = useState<string>();
  const accounts = useMemo(() => accountsOf(view, channels), [view, channels]);
  const open = room && accounts.find((account) => same(account.key, room));

  const befriend = async (act: "follow" | "block" | "unblock", channel: string) => {
    try {
      await sim.befriend(act, view.user.n, channel);
      onChanged();
    } catch (error) {
      onToast(words.failed((error as Error).message));
    }
  };
  const openUrl = (url: string) => {
    const to = destination(url, {
      user: view.user.n,
      channel: room && "channel_id" in room ? room.channel_id : null,
      channels,
      origin: location.origin,
    });
    if (to.kind === "inside") setPage(to.url);
    else if (to.kind === "outside") window.open(to.url, "_blank", "noopener");
    else if (to.kind === "account") setProfile(to.channel);
    else if (to.kind === "talk") {
      setDraft(to.text);
      setRoom({ channel_id: to.channel.channel_id });
    } else onToast(to.kind === "call" ? words.call(to.number) : words.cannotOpen(to.url));
  };
  const add = async (channel: Channel) => {
    await befriend("follow", channel.channel_id);
    setRoom({ channel_id: channel.channel_id });
  };
  const closePage = useCallback(() => setPage(undefined), []);
  const stateOf = (channel: string) =>
    accounts.find((account) => account.channel?.channel_id === channel)?.state ?? "never";

  return (
    <>
      {room && open ? (
        <RoomScreen
          key={JSON.stringify([room, draft])}
          {...{ sim, live, now, locale, onToast }}
          user={view.user}
          roomKey={room}
          account={open.author}
          draft={draft ?? ""}
          state={open.state}
          onBack={() => {
            setRoom(undefined);
            setDraft(undefined);
          }}
          onProfile={open.channel && (() => setProfile(open.channel))}
          onAct={(act) => "channel_id" in room && befriend(act, room.channel_id)}
          onOpen={openUrl}
        />
      ) : (
        <TalkList
          view={view}
          now={now}
          locale={locale}
          onOpen={setRoom}
          onProfile={setProfile}
          onAdd={add}
        />
      )}
      {profile && (
        <ProfileSheet
          channel={profile}
          state={stateOf(profile.channel_id)}
          onAct={(act) => befriend(act, profile.channel_id)}
          onTalk={() => {
            setRoom({ channel_id: profile.channel_id });
            setProfile(undefined);
          }}
          onClose={() => setProfile(undefined)}
        />
      )}
      {page && <Browser url={page} onClose={closePage} onOpen={openUrl} />}
    </>
  );
}

interface Account {
  key: RoomKey;
  author: Author;
  state: FriendState;
  /** Missing for groups. */
  channel: Channel | undefined;
}

const same = (a: RoomKey, b: RoomKey) => JSON.stringify(a) === JSON.stringify(b);

/** Everything this phone can open a room with. */
function accountsOf(view: PhoneView, channels: Channel[]): Account[] {
  return [
    ...view.talks.map((talk) => ({
      key: keyOf(talk),
      author: faceOf(talk),
      state: talk.state,
      channel: channels.find((channel) => channel.channel_id === talk.channel_id),
    })),
    ...view.others.map((channel) => ({
      key: { channel_id: channel.channel_id },
      author: faceOf(channel),
      state: "never" as const,
      channel,
    })),
  ];
}

/** The live events of a person; a new stream for each. */
function useLiveOf(sim: Sim, user: number, onHeard: (heard: Heard) => void): Live | undefined {
  const [live, setLive] = useState<Live>();
  useEffect(() => {
    const stream = new Live(sim.eventsUrl(user));
    const stop = stream.listen(onHeard);
    setLive(stream);
    return () => {
      stop();
      stream.close();
    };
  }, [sim, user, onHeard]);
  return live;
}

/** How long a short notice stays, in ms. */
const TOAST_MS = 4000;

function useToast(): [string | undefined, (text: string) => void] {
  const [toast, setToast] = useState<{ text: string }>();
  useEffect(() => {
    if (!toast) return;
    const timer = setTimeout(() => setToast(undefined), TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return [toast?.text, useCallback((text: string) => setToast({ text }), [])];
}
