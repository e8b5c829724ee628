/** A talk as a list of rows, and the scrolling room around it. */
import { type ReactNode, useLayoutEffect, useMemo, useRef } from "react";
import { MessageScope, useHere } from "../context.tsx";
import { MessageView } from "../Message.tsx";
import { Picture } from "../parts/Picture.tsx";
import { QuickReplies } from "../parts/QuickReplies.tsx";
import { type Author, quickReplyOf, type Row, rowsOf, type TalkItem } from "./rows.ts";
import { clockLabel, separatorLabel } from "./time.ts";

export interface TalkProps {
  items: TalkItem[];
  /** Epoch milliseconds; decides what is 今日. */
  now: number;
  /** The other side is about to write. */
  writing?: Author;
  /** Something beside a message, for example a menu; drawn on its free side. */
  beside?: (item: TalkItem) => ReactNode;
  /** Ids of messages whose quick replies have been used up. */
  used?: ReadonlySet<string>;
}

export function Talk({ items, now, writing, beside, used }: TalkProps) {
  const { timeZone, locale } = useHere();
  const rows = useMemo(() => rowsOf(items, { timeZone, locale }), [items, timeZone, locale]);
  const asking = quickReplyOf(items);
  return (
    <div className="lu-talk">
      {rows.map((row) => (
        <RowView key={row.key} row={row} now={now} beside={beside} />
      ))}
      {writing && <Writing author={writing} />}
      {asking?.message?.quickReply && !used?.has(asking.id) && (
        <MessageScope id={asking.id}>
          <QuickReplies quickReply={asking.message.quickReply} />
        </MessageScope>
      )}
    </div>
  );
}

function RowView(props: { row: Row; now: number; beside: TalkProps["beside"] | undefined }) {
  const { timeZone, locale, words } = useHere();
  const { row, now, beside } = props;
  if (row.kind === "day") {
    return <div className="lu-day">{separatorLabel(row.at, now, { timeZone, locale })}</div>;
  }
  if (row.kind === "notice") {
    const { item } = row;
    const unsent = item.from === "me" ? words.unsentByMe : words.unsentBy(item.author?.name ?? "");
    return <div className="lu-notice">{item.notice ?? unsent}</div>;
  }
  return <MessageRow row={row} beside={beside?.(row.item)} />;
}

/** Kinds that fill the row, so that the time stands below them. */
const WIDE = new Set(["flex", "template", "imagemap"]);

function MessageRow(props: { row: Extract<Row, { kind: "message" }>; beside: ReactNode }) {
  const { item, author, head, tail } = props.row;
  const type = item.message?.type ?? "";
  const classes = [
    "lu-message",
    `lu-message--${item.from}`,
    head ? "lu-message--head" : "",
    WIDE.has(type) ? "lu-message--wide" : "",
  ];
  return (
    <div className={classes.filter(Boolean).join(" ")} data-message-id={item.id}>
      {author && <div className="lu-avatar-place">{head && <Avatar author={author} />}</div>}
      <div className="lu-message-column">
        {author && head && <div className="lu-author">{author.name}</div>}
        {item.label && head && <div className="lu-label">{item.label}</div>}
        <div className="lu-message-line">
          <div className="lu-message-body">
            {item.quoted && (
              <div className="lu-quoted">
                <strong>{item.quoted.name}</strong>
                <span>{item.quoted.text}</span>
              </div>
            )}
            {item.message && (
              <MessageScope id={item.id}>
                <MessageView message={item.message} />
              </MessageScope>
            )}
          </div>
          <div className="lu-message-side">
            <Marks item={item} time={tail ? "shown" : undefined} />
            {props.beside}
          </div>
        </div>
      </div>
    </div>
  );
}

function Marks({ item, time }: { item: TalkItem; time: "shown" | undefined }) {
  const { timeZone, locale, words } = useHere();
  const read = item.from === "me" && item.read;
  if (!item.state && !item.edited && !read && !time) return null;
  return (
    <div className="lu-marks">
      {item.state && <span className={`lu-mark--${item.state}`}>{words[item.state]}</span>}
      {item.edited && <span>{words.edited}</span>}
      {read && <span>{words.read}</span>}
      {time && (
        <time dateTime={new Date(item.at).toISOString()}>
          {clockLabel(item.at, { timeZone, locale })}
        </time>
      )}
    </div>
  );
}

/** A round picture, or the first letter of the name. */
export function Avatar({ author }: { author: Author }) {
  return (
    <span className="lu-avatar" aria-hidden="true">
      <Picture
        url={author.pictureUrl}
        instead={<span className="lu-avatar-letter">{Array.from(author.name)[0] ?? "?"}</span>}
      />
    </span>
  );
}

function Writing({ author }: { author: Author }) {
  return (
    <div className="lu-message lu-message--them lu-message--head">
      <div className="lu-avatar-place">
        <Avatar author={author} />
      </div>
      <div className="lu-message-column">
        <div className="lu-writing">
          <i />
          <i />
          <i />
        </div>
      </div>
    </div>
  );
}

/** How near to the end, in px, still counts as being there. */
const NEAR_END = 80;

/** The blue-grey room: scrolls, and stays at the newest message unless the reader went back. */
export function TalkRoom({ children, label }: { children: ReactNode; label: string }) {
  const room = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const scroller = room.current;
    const content = scroller?.firstElementChild;
    if (!scroller || !content) return;
    const keep = () => {
      if (atEnd.current) scroller.scrollTop = scroller.scrollHeight;
    };
    keep();
    const observer = new ResizeObserver(keep);
    observer.observe(content);
    observer.observe(scroller);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      className="lu-root lu-room"
      ref={room}
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
      }}
    >
      <div>{children}</div>
    </div>
  );
}
