/** What the simulator says under `/__sim/`. Times are Unix milliseconds on its clock. */
import type { AnyMessage, RichMenu } from "@enishi/line-ui";

export type FriendState = "friend" | "blocked" | "never";

export interface Channel {
  channel_id: string;
  kind: "messaging" | "login" | "miniapp";
  provider: string;
  name: string;
  basic_id: string;
  picture_url?: string;
  friends: number;
}

export interface User {
  n: number;
  name: string;
  picture_url?: string;
  status_message?: string;
  ids: Record<string, string>;
  channels: { channel_id: string; state: FriendState; user_id: string }[];
}

export interface UserPage {
  users: User[];
  next: string | null;
  total: number;
}

/** One line of the talk list: an account or a group. */
export interface TalkSummary {
  channel_id: string | null;
  group_id: string | null;
  name: string;
  picture_url?: string | null;
  state: FriendState;
  unread: number;
  last: { at_ms: number; text: string; direction: "in" | "out" } | null;
}

export interface PhoneView {
  user: User;
  talks: TalkSummary[];
  /** Accounts this person has not added. */
  others: Channel[];
}

export interface RoomItem {
  seq: number;
  id: string;
  /** `out`: the shop speaks; `in`: a person does. */
  direction: "in" | "out";
  from?: string;
  at_ms: number;
  kind: "message" | "follow" | "block" | "unblock" | "join" | "leave" | "postback";
  message?: AnyMessage;
  quote_token?: string;
  unsent?: boolean;
  edited?: boolean;
  read_by_bot?: boolean;
}

export interface Room {
  channel_id: string | null;
  group_id?: string | null;
  user_id: string;
  state: FriendState;
  messages: RoomItem[];
  loading_until_ms?: number;
  rich_menu_id: string | null;
  read_seq: number;
}

export interface RichMenuView {
  rich_menu: (RichMenu & { richMenuId?: string }) | null;
  image_url: string | null;
  source: "user" | "default" | null;
}

export interface Clock {
  now_ms: number;
  flowing: boolean;
  /** Where an advance under way is going. */
  target_ms: number | null;
}

/** What the phone has to do after a tap. */
export type Do =
  | { type: "none" | "keyboard" | "voice" | "camera" | "camera_roll" | "location" }
  | { type: "open"; url: string }
  | { type: "say"; text: string }
  | {
      type: "picker";
      mode: "date" | "time" | "datetime";
      initial?: string;
      max?: string;
      min?: string;
      data: string;
    }
  | { type: "fill"; text: string; keyboard?: boolean }
  | { type: "rich_menu"; open: boolean }
  | { type: "switch"; rich_menu_id?: string; alias: string }
  | { type: "copy"; text: string };

export interface TapAnswer {
  do: Do;
  also?: Do[];
}

/** Which thing of a talk was tapped. */
export type TapTarget =
  | { message_id: string; path: string }
  | { message_id: string; quick_reply: number }
  | { rich_menu: { area: number } };

export type Params = { date: string } | { time: string } | { datetime: string };

export type Said =
  | { text: string }
  | { sticker: { packageId: string; stickerId: string } }
  | { image: FileBody }
  | { video: FileBody }
  | { audio: FileBody }
  | { file: FileBody }
  | { location: { title?: string; address?: string; latitude: number; longitude: number } };

export interface FileBody {
  data_base64: string;
  mime?: string;
  fileName?: string;
}

/** A room on one person's phone: with an account, or a group's. */
export type RoomKey = { channel_id: string } | { group_id: string };

/** Events of `/__sim/events`, by name. */
export interface LiveEvents {
  room: { n?: number; channel_id: string | null; group_id?: string | null };
  richmenu: { channel_id: string; n: number | null };
  friendship: { n: number; channel_id: string };
  clock: Clock;
  loading: { n: number; channel_id: string; until_ms: number };
  users: object;
  channels: object;
  reset: object;
}
