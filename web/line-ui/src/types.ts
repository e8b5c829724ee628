/**
 * LINE's message JSON, written by hand from the Messaging API reference.
 *
 * The types say what a *valid* message looks like. What is drawn may come from a half-filled composer
 * or from a newer API, so the components read every field as if it could be missing.
 */
import type { FlexContainer } from "./flex-types.ts";

/* ---- actions ------------------------------------------------------------------------------ */

export interface PostbackAction {
  type: "postback";
  label?: string;
  data: string;
  displayText?: string;
  /** Deprecated by LINE in favour of `displayText`; still accepted. */
  text?: string;
  inputOption?: "closeRichMenu" | "openRichMenu" | "openKeyboard" | "openVoice";
  fillInText?: string;
}

export interface MessageAction {
  type: "message";
  label?: string;
  text: string;
}

export interface UriAction {
  type: "uri";
  label?: string;
  uri: string;
  altUri?: { desktop?: string };
}

export interface DatetimePickerAction {
  type: "datetimepicker";
  label?: string;
  data: string;
  mode: "date" | "time" | "datetime";
  initial?: string;
  max?: string;
  min?: string;
}

export interface ClipboardAction {
  type: "clipboard";
  label?: string;
  clipboardText: string;
}

export interface RichMenuSwitchAction {
  type: "richmenuswitch";
  label?: string;
  richMenuAliasId: string;
  data: string;
}

/** Actions that need the phone itself; quick replies only. */
export interface DeviceAction {
  type: "camera" | "cameraRoll" | "location";
  label: string;
}

export type Action =
  | PostbackAction
  | MessageAction
  | UriAction
  | DatetimePickerAction
  | ClipboardAction
  | RichMenuSwitchAction
  | DeviceAction;

/* ---- parts every message may carry -------------------------------------------------------- */

export interface QuickReplyItem {
  type: "action";
  imageUrl?: string;
  action: Action;
}

export interface QuickReply {
  items: QuickReplyItem[];
}

/** Overrides the account's name and icon for one message. */
export interface Sender {
  name?: string;
  iconUrl?: string;
}

interface Common {
  quickReply?: QuickReply;
  sender?: Sender;
}

/* ---- messages ----------------------------------------------------------------------------- */

/** An emoji of LINE. A sent one replaces a `$`; a received one covers `length` code units. */
export interface Emoji {
  /** In UTF-16 code units. */
  index: number;
  length?: number;
  productId: string;
  emojiId: string;
}

/** A mention in a received text. */
export interface Mentionee {
  /** In UTF-16 code units. */
  index: number;
  length: number;
  type: "user" | "all";
  userId?: string;
  isSelf?: boolean;
}

export interface TextMessage extends Common {
  type: "text";
  text: string;
  emojis?: Emoji[];
  mention?: { mentionees: Mentionee[] };
  quoteToken?: string;
}

export type Substitution =
  | { type: "mention"; mentionee: { type: "user"; userId: string } | { type: "all" } }
  | { type: "emoji"; productId: string; emojiId: string };

export interface TextV2Message extends Common {
  type: "textV2";
  text: string;
  substitution?: Record<string, Substitution>;
  quoteToken?: string;
}

export interface StickerMessage extends Common {
  type: "sticker";
  packageId: string;
  stickerId: string;
  keywords?: string[];
  quoteToken?: string;
}

/** Where the bytes of a received picture, film or sound lie. */
export interface ContentProvider {
  type: "line" | "external";
  originalContentUrl?: string;
  previewImageUrl?: string;
}

export interface ImageMessage extends Common {
  type: "image";
  originalContentUrl?: string;
  previewImageUrl?: string;
  contentProvider?: ContentProvider;
}

export interface VideoMessage extends Common {
  type: "video";
  originalContentUrl?: string;
  previewImageUrl?: string;
  contentProvider?: ContentProvider;
  trackingId?: string;
  /** Milliseconds. */
  duration?: number;
}

export interface AudioMessage extends Common {
  type: "audio";
  originalContentUrl?: string;
  contentProvider?: ContentProvider;
  /** Milliseconds. */
  duration?: number;
}

/** Only customers send files. */
export interface FileMessage extends Common {
  type: "file";
  fileName: string;
  /** Bytes. */
  fileSize: number;
  originalContentUrl?: string;
}

export interface LocationMessage extends Common {
  type: "location";
  title?: string;
  address?: string;
  latitude: number;
  longitude: number;
}

export interface CouponMessage extends Common {
  type: "coupon";
  couponId: string;
  deliveryTag?: string;
}

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type ImagemapAction =
  | { type: "uri"; linkUri: string; label?: string; area: Area }
  | { type: "message"; text: string; label?: string; area: Area }
  | { type: "clipboard"; clipboardText: string; label?: string; area: Area };

export interface ImagemapVideo {
  originalContentUrl: string;
  previewImageUrl: string;
  area: Area;
  externalLink?: { linkUri: string; label: string };
}

export interface ImagemapMessage extends Common {
  type: "imagemap";
  baseUrl: string;
  altText: string;
  baseSize: { width: number; height: number };
  actions: ImagemapAction[];
  video?: ImagemapVideo;
}

interface TemplateImage {
  thumbnailImageUrl?: string;
  imageBackgroundColor?: string;
  title?: string;
  text: string;
  defaultAction?: Action;
  actions: Action[];
}

interface ImageShape {
  imageAspectRatio?: "rectangle" | "square";
  imageSize?: "cover" | "contain";
}

export interface ButtonsTemplate extends TemplateImage, ImageShape {
  type: "buttons";
}

export interface ConfirmTemplate {
  type: "confirm";
  text: string;
  actions: Action[];
}

export type CarouselColumn = TemplateImage;

export interface CarouselTemplate extends ImageShape {
  type: "carousel";
  columns: CarouselColumn[];
}

export interface ImageCarouselColumn {
  imageUrl: string;
  action: Action;
}

export interface ImageCarouselTemplate {
  type: "image_carousel";
  columns: ImageCarouselColumn[];
}

export type Template = ButtonsTemplate | ConfirmTemplate | CarouselTemplate | ImageCarouselTemplate;

export interface TemplateMessage extends Common {
  type: "template";
  altText: string;
  template: Template;
}

export interface FlexMessage extends Common {
  type: "flex";
  altText: string;
  contents: FlexContainer;
}

/** Every message this library knows how to draw. */
export type Message =
  | TextMessage
  | TextV2Message
  | StickerMessage
  | ImageMessage
  | VideoMessage
  | AudioMessage
  | FileMessage
  | LocationMessage
  | CouponMessage
  | ImagemapMessage
  | TemplateMessage
  | FlexMessage;

/** A message of a type that this library does not know; it is drawn as a notice. */
export interface ForeignMessage extends Common {
  type: string;
}

export type AnyMessage = Message | ForeignMessage;

/* ---- rich menu ---------------------------------------------------------------------------- */

export interface RichMenuArea {
  bounds: Area;
  action: Action;
}

export interface RichMenu {
  size: { width: number; height: number };
  selected?: boolean;
  name?: string;
  chatBarText: string;
  areas: RichMenuArea[];
}

/* ---- coupons ------------------------------------------------------------------------------ */

/** What a coupon message shows; the message itself carries only the id. */
export interface CouponInfo {
  title: string;
  description?: string;
  imageUrl?: string;
  /** Epoch milliseconds. */
  until?: number;
}
