/** LINE has no message that carries a file: its name and the address where it is opened go as a text. */
import type { Bubble } from "../api/types.ts";

/**
 * LINE's own browser cannot keep a file on the phone: the phone's opens instead.
 * https://developers.line.biz/en/docs/line-login/using-line-url-scheme/#opening-url-in-external-browser
 */
const OUTSIDE = "?openExternalBrowser=1";

export const linkTo = (name: string, url: string): Bubble =>
  ({ type: "text", text: `${name}\n${url}${OUTSIDE}` }) as Bubble;

/** Whether something chosen to be sent goes as a link: words are written, not chosen. */
export const isLink = (bubble: Bubble): boolean => bubble.type === "text";
