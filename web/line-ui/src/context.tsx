/** What every drawn message needs to know of the page around it. */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Action, CouponInfo } from "./types.ts";
import { type Locale, type Words, words } from "./words.ts";

/** Where a tap came from. */
export interface ActionContext {
  source: "message" | "quickReply" | "richMenu" | "link";
  /** The talk item whose message was tapped. */
  messageId?: string;
  /** The very object of the message's JSON that was tapped, so that its place can be found again. */
  origin: object;
}

export type OnAction = (action: Action, context: ActionContext) => void;

/** A picture or film that the customer wants to see large. */
export interface Media {
  kind: "image" | "video";
  url: string;
}

export interface Surroundings {
  locale: Locale;
  /** IANA zone in which times and dates are written. */
  timeZone: string;
  /** The user's font size setting; touches only flex components with `scaling`. 1 = standard. */
  fontScale: number;
  onAction: OnAction;
  onMedia: (media: Media) => void;
  onCoupon: (couponId: string) => void;
  /** Lets a page rewrite media addresses, for example to a proxy. */
  resolveUrl: (url: string) => string;
  coupon: (couponId: string) => CouponInfo | undefined;
  /** The display name of a mentioned user. */
  nameOf: (userId: string) => string | undefined;
}

const alone: Surroundings = {
  locale: "ja",
  timeZone: "Asia/Tokyo",
  fontScale: 1,
  onAction: () => undefined,
  onMedia: () => undefined,
  onCoupon: () => undefined,
  resolveUrl: (url) => url,
  coupon: () => undefined,
  nameOf: () => undefined,
};

const Context = createContext<Surroundings>(alone);
const MessageId = createContext<string | undefined>(undefined);

/** Tells the messages below about their page; what is left out keeps its default. */
export function LineUi(props: Partial<Surroundings> & { children: ReactNode }) {
  const { children, ...given } = props;
  const value = { ...alone, ...given };
  return <Context value={value}>{children}</Context>;
}

/** Names the talk item whose message is drawn below. */
export function MessageScope(props: { id: string | undefined; children: ReactNode }) {
  return <MessageId value={props.id}>{props.children}</MessageId>;
}

export interface Here extends Surroundings {
  words: Words;
  messageId: string | undefined;
  /** Runs an action tapped in this message; `origin` when the JSON holds it in another form. */
  act: (action: Action, source?: ActionContext["source"], origin?: object) => void;
}

export function useHere(): Here {
  const surroundings = useContext(Context);
  const messageId = useContext(MessageId);
  return useMemo(
    () => ({
      ...surroundings,
      words: words[surroundings.locale],
      messageId,
      act: (action, source = "message", origin = action) =>
        surroundings.onAction(action, {
          source,
          origin,
          ...(messageId === undefined ? {} : { messageId }),
        }),
    }),
    [surroundings, messageId],
  );
}
