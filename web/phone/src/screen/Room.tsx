/** A talk room: what was said, and everything a customer can do in it. */
import {
  type Author,
  LineUi,
  type Locale,
  type Media,
  messageSummary,
  Talk,
  type TalkItem,
  TalkRoom,
} from "@enishi/line-ui";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Sim } from "../sim/client.ts";
import { faceOf } from "../sim/face.ts";
import { talkItems } from "../sim/items.ts";
import type { Live } from "../sim/live.ts";
import type { FriendState, RoomKey, Said, User } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { Composer } from "./Composer.tsx";
import { DatePicker } from "./DatePicker.tsx";
import { Sign } from "./icons.tsx";
import { MediaViewer } from "./MediaViewer.tsx";
import { MenuBar } from "./MenuBar.tsx";
import { MessageMenu } from "./MessageMenu.tsx";
import { PlaceSheet } from "./PlaceSheet.tsx";
import { useMembers, useRichMenu, useRoom } from "./use-room.ts";
import { useTaps } from "./use-taps.ts";

export interface RoomProps {
  sim: Sim;
  live: Live;
  user: User;
  roomKey: RoomKey;
  account: Author;
  state: FriendState;
  /** What stands in the composer at first. */
  draft: string;
  now: number;
  locale: Locale;
  onBack: () => void;
  onProfile: (() => void) | undefined;
  onAct: (act: "follow" | "block" | "unblock") => void;
  onOpen: (url: string) => void;
  onToast: (text: string) => void;
}

export function RoomScreen(props: RoomProps) {
  const { sim, live, user, roomKey, account, now, locale, onToast } = props;
  const words = useWords();
  const { data: room, showOlder, reload } = useRoom(sim, live, user, roomKey);
  const { data: menu, reload: reloadMenu } = useRichMenu(sim, live, user, roomKey);
  const [text, setText] = useState(props.draft);
  const [quoted, setQuoted] = useState<TalkItem>();
  const [chosen, setChosen] = useState<TalkItem>();
  const [media, setMedia] = useState<Media>();
  const [placing, setPlacing] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const edge = useLowerEdge(menu?.rich_menu ?? null);

  const fail = (error: Error) => onToast(words.failed(error.message));
  const tell = (wish: Promise<unknown>) => void wish.then(reload, fail);
  const say = (said: Said) => {
    tell(sim.say(user.n, roomKey, said, quoted?.id));
    setQuoted(undefined);
  };
  const write = () => {
    edge.showKeyboard();
    // The field may only now be coming onto the screen.
    requestAnimationFrame(() => input.current?.focus());
  };
  const copy = (copied: string) => {
    navigator.clipboard.writeText(copied).then(
      () => onToast(words.copied),
      () => onToast(words.copyFailed),
    );
  };
  const taps = useTaps(sim, user, roomKey, room, {
    open: props.onOpen,
    fill: (filled) => {
      setText(filled);
      write();
    },
    keyboard: write,
    voice: () => onToast(words.voice),
    chooseFile: () => {
      edge.showKeyboard();
      requestAnimationFrame(() => file.current?.click());
    },
    choosePlace: () => setPlacing(true),
    openMenu: edge.setOpen,
    reloadMenu,
    copy,
    fail,
  });

  const mine = useMemo(
    () => new Set([...Object.values(user.ids), ...(room ? [room.user_id] : [])]),
    [user.ids, room],
  );
  const senders = new Set(room?.messages.map((item) => item.from ?? ""));
  const members = useMembers(
    sim,
    [...senders].filter((id) => id !== "" && !mine.has(id)),
  );
  const items = useMemo(
    () =>
      room
        ? talkItems(room, {
            account,
            mine,
            memberOf: (id) => {
              const member = members.get(id);
              return faceOf({ name: member?.name ?? "…", picture_url: member?.picture_url });
            },
            contentUrl: (id, preview) => sim.contentUrl(id, preview),
            words,
          })
        : [],
    [room, account, mine, members, sim, words],
  );
  const writing = (room?.loading_until_ms ?? 0) > now;

  return (
    <div className="ph-room">
      <RoomHeader {...props} />
      <Standing {...props} />
      <LineUi
        locale={locale}
        onAction={taps.onAction}
        onMedia={setMedia}
        onCoupon={() => onToast(words.coupon)}
        nameOf={(id) => (mine.has(id) ? user.name : members.get(id)?.name)}
      >
        <TalkRoom label={account.name}>
          {showOlder && (
            <button type="button" className="ph-older" onClick={showOlder}>
              {words.older}
            </button>
          )}
          <Talk
            items={items}
            now={now}
            used={taps.used}
            {...(writing ? { writing: account } : {})}
            beside={(item) => (
              <button
                type="button"
                className="ph-more"
                aria-label={words.messageMenu}
                onClick={() => setChosen(item)}
              >
                <Sign name="more" />
              </button>
            )}
          />
        </TalkRoom>
      </LineUi>
      {edge.shown === "menu" && menu ? (
        <MenuBar
          view={menu}
          open={edge.open}
          onOpen={edge.setOpen}
          onKeyboard={edge.showKeyboard}
          onArea={taps.onArea}
        />
      ) : (
        <Composer
          text={text}
          onText={setText}
          onSay={say}
          onPlace={() => setPlacing(true)}
          onProblem={onToast}
          onMenu={menu?.rich_menu ? edge.showMenu : undefined}
          quoted={
            quoted?.message && {
              text: messageSummary(quoted.message, locale),
              onDrop: () => setQuoted(undefined),
            }
          }
          input={input}
          file={file}
        />
      )}
      {chosen && (
        <MessageMenu
          item={chosen}
          onReply={() => {
            setQuoted(chosen);
            write();
          }}
          onCopy={copy}
          onUnsend={() => tell(sim.unsend(user.n, roomKey, chosen.id))}
          onClose={() => setChosen(undefined)}
        />
      )}
      {taps.asked && (
        <DatePicker
          asked={taps.asked.asked}
          onPick={taps.answer}
          onClose={() => taps.answer(undefined)}
        />
      )}
      {placing && (
        <PlaceSheet
          onClose={() => setPlacing(false)}
          onSend={(said) => {
            setPlacing(false);
            say(said);
          }}
        />
      )}
      {media && <MediaViewer media={media} onClose={() => setMedia(undefined)} />}
    </div>
  );
}

function RoomHeader({ account, onBack, onProfile }: RoomProps) {
  const words = useWords();
  return (
    <header className="ph-room-header">
      <button type="button" aria-label={words.back} onClick={onBack}>
        <Sign name="back" />
      </button>
      <h1>{account.name}</h1>
      {onProfile && (
        <button type="button" aria-label={words.profile} onClick={onProfile}>
          <Sign name="menu" />
        </button>
      )}
    </header>
  );
}

/** Says that the account is blocked or not yet a friend, and offers the way out. */
function Standing({ state, roomKey, onAct }: RoomProps) {
  const words = useWords();
  if (state === "friend" || "group_id" in roomKey) return null;
  return (
    <div className="ph-standing" role="status">
      <span>{state === "blocked" ? words.blocked : words.stranger}</span>
      <button
        type="button"
        className="ph-button"
        onClick={() => onAct(state === "blocked" ? "unblock" : "follow")}
      >
        {state === "blocked" ? words.unblock : words.addFriend}
      </button>
    </div>
  );
}

interface LowerEdge {
  shown: "menu" | "keyboard";
  open: boolean;
  setOpen: (open: boolean) => void;
  showMenu: () => void;
  showKeyboard: () => void;
}

/** Menu or keyboard. A menu that comes new is shown, opened if it asks for that; a switched one stays as it was. */
function useLowerEdge(menu: { selected?: boolean } | null): LowerEdge {
  const [shown, setShown] = useState<"menu" | "keyboard">("keyboard");
  const [open, setOpen] = useState(false);
  const present = menu !== null;
  const selected = menu?.selected === true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the coming of a menu opens it
  useEffect(() => {
    setShown(present ? "menu" : "keyboard");
    setOpen(present && selected);
  }, [present]);
  return {
    shown,
    open,
    setOpen: (wanted) => {
      setShown(present ? "menu" : "keyboard");
      setOpen(wanted);
    },
    showMenu: () => {
      setShown("menu");
      setOpen(true);
    },
    showKeyboard: () => setShown("keyboard"),
  };
}
