/** The things the API speaks of. Times are Unix milliseconds, ids UUIDs. */
import type { AnyMessage } from "@enishi/line-ui";

export interface Page<R> {
  items: R[];
  next: string | null;
}
/** A count that stops at a ceiling: `more` means "at least". */
export interface Total {
  count: number;
  more: boolean;
}
export interface FieldError {
  path: string;
  code: string;
  message: string;
}

/* ---- staff ---- */
export type Role = "owner" | "marketer" | "operator" | "viewer";
export type Permission =
  | "read"
  | "talk"
  | "edit_contacts"
  | "send_events"
  | "stop_channel"
  | "import"
  | "define"
  | "send_broadcast"
  | "settings"
  | "staff";
export interface Me {
  kind: "user" | "token";
  user: { id: string; email: string; name: string } | null;
  role: Role;
  permissions: Permission[];
  workspace: { id: string; name: string; zone: string; demo: boolean };
  workspaces: { id: string; name: string; role: Role }[];
  stopped_channels: number;
  version: string;
}
export interface User {
  id: string;
  email: string | null;
  name: string;
  role: Role;
  state: "active" | "invited" | "disabled";
  created_at: number;
}
export interface Token {
  id: string;
  name: string;
  role: Role;
  scopes: string[];
  created_at: number;
  used_at: number | null;
  revoked_at: number | null;
}
export interface AuditEntry {
  id: string;
  at: number;
  actor: { kind: "user" | "token" | "cli" | "system"; id: string | null; name: string };
  action: string;
  object: string;
  detail: string;
}

/* ---- workspace and accounts ---- */
export interface Workspace {
  id: string;
  name: string;
  zone: string;
  demo: boolean;
  revision: number;
  created_at: number;
}
export type Lane = "transactional" | "chat" | "promised" | "marketing";
export interface Policy {
  quiet: { from: string; until: string; lanes: Lane[] };
  cap: { per_day: number | null; per_week: number | null };
  exclusions: { staff: boolean; marks: string[] };
}
export type ChannelMode = "full" | "send_only";
export interface Quota {
  month: number;
  limit: number | null;
  used: number;
  reserved: number;
  checked_at: number | null;
  exhausted_at: number | null;
}
export interface Channel {
  id: string;
  provider_id: string;
  name: string;
  color: string;
  line_channel_id: string;
  mode: ChannelMode;
  bot_user_id: string | null;
  basic_id: string | null;
  display_name: string | null;
  picture_url: string | null;
  stopped_at: number | null;
  reserve_percent: number;
  has_old_secret: boolean;
  webhook_path: string;
  webhook_url: string | null;
  add_friend_url: string | null;
  friends: number;
  quota: Quota | null;
  created_at: number;
}
export interface NewChannel {
  line_channel_id: string;
  secret: string;
  name?: string;
  provider_id?: string;
  provider_name?: string;
  access_token?: string;
  mode?: ChannelMode;
  color?: string;
}
export interface Probe {
  bot: {
    user_id: string;
    basic_id: string;
    display_name: string;
    picture_url: string | null;
    chat_mode: "bot" | "chat";
    mark_as_read_mode: string;
  };
  quota: { limit: number | null; used: number };
  webhook: {
    endpoint: string | null;
    active: boolean;
    is_ours: boolean;
    test?: { success: boolean; status: number | null; reason: string; detail: string };
  };
}
export interface Check {
  id: string;
  level: "ok" | "warn" | "error";
  title: string;
  advice: string;
}

/* ---- contacts ---- */
export type FriendState = "unknown" | "never" | "friend" | "blocked" | "deleted";
export interface ContactRow {
  id: string;
  kind: "person" | "group" | "room";
  display_name: string | null;
  picture_url: string | null;
  tags: string[];
  friendships: { channel_id: string; state: FriendState; friend_since: number | null }[];
  staff: boolean;
  consent: boolean;
  created_at: number;
}
export type EnrollmentState = "active" | "done" | "goal" | "exited" | "failed";
export interface Contact extends Omit<ContactRow, "friendships"> {
  language: string | null;
  status_message: string | null;
  profile_at: number | null;
  memo: string;
  identities: { kind: "line" | "group" | "room" | "shop"; scope: string | null; value: string }[];
  friendships: {
    channel_id: string;
    user_id: string;
    state: FriendState;
    changed_at: number;
    friend_since: number | null;
    wrote_at: number | null;
    source: string | null;
  }[];
  attributes: {
    attribute_id: string;
    key: string;
    label: string;
    type: AttributeType;
    value: string;
    at: number;
  }[];
  enrollments: {
    id: string;
    journey_id: string;
    journey_name: string | null;
    version_id: string;
    key: string;
    state: EnrollmentState;
    node: string;
    due_at: number | null;
    reason: string | null;
    entered_at: number;
  }[];
  conversations: {
    channel_id: string;
    unread: number;
    mark: string;
    assignee: string | null;
    last_at: number;
    waiting_since: number | null;
  }[];
  updated_at: number;
}
export interface ContactEdit {
  display_name?: string | null;
  memo?: string;
  staff?: boolean;
  consent?: boolean;
  add_tags?: string[];
  remove_tags?: string[];
  attributes?: Record<string, string | null>;
}
export type DeliveryState = "queued" | "sending" | "accepted" | "failed" | "unknown" | "refused";
export type Reason =
  | "not_friend"
  | "blocked"
  | "deleted"
  | "no_consent"
  | "expired"
  | "cap"
  | "excluded_staff"
  | "excluded_complaint"
  | "holdout"
  | "quota"
  | "missing_variable"
  | "invalid"
  | "cancelled"
  | "standby"
  | "erased"
  | "line_refused"
  | "reply_token";
export type Cause = "rule" | "journey" | "chat" | "api" | "broadcast" | "test";
export interface Delivery {
  id: string;
  contact_id: string;
  line_user_id: string | null;
  channel_id: string;
  cause: Cause;
  cause_id: string;
  cause_ref: string;
  lane: Lane;
  state: DeliveryState;
  reason: Reason | null;
  via: "reply" | "push" | "multicast" | "broadcast" | null;
  request_id: string | null;
  line_request_id: string | null;
  attempts: number;
  created_at: number;
  due_at: number;
  not_after: number;
  fixed_at: number | null;
  done_at: number | null;
}
export type TimelineEntry =
  | {
      type: "event";
      id: string;
      at: number;
      channel_id: string | null;
      kind: string;
      source: string;
      payload: unknown;
    }
  | {
      type: "delivery";
      id: string;
      at: number;
      channel_id: string;
      cause: Cause;
      cause_id: string;
      cause_ref: string;
      lane: Lane;
      state: DeliveryState;
      reason: Reason | null;
      because: string | null;
    }
  | {
      type: "broadcast";
      id: string;
      at: number;
      channel_id: string;
      broadcast_id: string;
      name: string;
      lane: Lane;
    };
export type BroadcastFate =
  | "sent"
  | "refused"
  | "failed"
  | "unknown"
  | "open"
  | "waiting"
  | "not_addressed";
export interface Why {
  contact_id: string;
  deliveries: (Delivery & { because: string | null })[];
  broadcasts: {
    broadcast_id: string;
    name: string;
    channel_id: string;
    state: BroadcastFate;
    reason: Reason | null;
    at: number | null;
    sentence: string;
  }[];
  enrollments: {
    journey_id: string;
    name: string;
    state: EnrollmentState;
    node: string;
    due_at: number | null;
    reason: string | null;
    sentence: string;
  }[];
  now: {
    channel_id: string;
    friend: FriendState | null;
    lane: Lane;
    refused: Reason | null;
    because: string | null;
    later: number | null;
  }[];
}

/* ---- definitions ---- */
export interface Tag {
  id: string;
  name: string;
  folder: string;
  contacts: number;
}
export type AttributeType = "text" | "number" | "date" | "datetime" | "choice" | "yesno";
export interface Attribute {
  id: string;
  key: string;
  label: string;
  type: AttributeType;
  options: string[];
  folder: string;
}
export interface Segment {
  id: string;
  name: string;
  condition: Condition;
  created_at: number;
  updated_at: number;
}
export type When =
  | "never"
  | { before: string }
  | { on_or_after: string }
  | { within_days: number }
  | { older_than_days: number };
export type Test =
  | "exists"
  | "missing"
  | { equals: string }
  | { not: string }
  | { one_of: string[] }
  | { contains: string }
  | { starts: string }
  | { lt: number }
  | { le: number }
  | { gt: number }
  | { ge: number }
  | { between: { from: number; to: number } }
  | { before: string }
  | { on_or_after: string }
  | { on: string }
  | { within_days: { from: number; to: number } }
  | { birthday_within: { from: number; to: number } }
  | { birthday_month: "this" | "next" | { month: number } };
export type Walk = "never" | "active" | "done" | "goal" | "exited" | "failed" | { at: string };
export type Condition =
  | { is: "all"; of: Condition[] }
  | { is: "any"; of: Condition[] }
  | { is: "not"; of: Condition }
  | { is: "tag"; tag: string }
  | { is: "no_tag"; tag: string }
  | { is: "attribute"; key: string; test: Test }
  | { is: "event"; key: string; test: Test }
  | { is: "friend"; channel: string; states: FriendState[] }
  | { is: "friend_since"; channel: string; when: When }
  | { is: "wrote"; channel: string; when: When }
  | { is: "source"; channel: string; sources: string[] }
  | { is: "name"; contains: string }
  | { is: "journey"; journey: string; state: Walk }
  | { is: "language"; languages: string[] }
  | { is: "created"; when: When }
  | { is: "kind"; kind: "person" | "group" | "room" }
  | { is: "staff" }
  | { is: "consent" }
  | { is: "contacts"; ids: string[] };

/* ---- templates ---- */
/** LINE's message JSON, possibly half-filled, with variables in its texts. */
export type Bubble = AnyMessage;
export interface Template {
  id: string;
  name: string;
  folder: string;
  version_id: string;
  number: number;
  messages: Bubble[];
  created_at: number;
  updated_at: number;
  archived_at: number | null;
}
export interface TemplateVerdict {
  ok: boolean;
  errors: FieldError[];
  variables: string[];
  /** Whether every recipient gets a body of his own. */
  personal: boolean;
}
export interface TemplatePreview {
  /** `null` when something is missing or wrong, see `errors`. */
  messages: Bubble[] | null;
  errors: FieldError[];
}

/* ---- broadcasts ---- */
export type Audience =
  | { to: "all" }
  | { to: "segment"; segment: string }
  | { to: "condition"; condition: Condition }
  | { to: "tags"; all: string[]; any: string[]; none: string[] }
  | { to: "contacts"; contacts: string[] }
  | { to: "line_users"; user_ids: string[] };
export type BroadcastState =
  | "draft"
  | "scheduled"
  | "snapshotting"
  | "sending"
  | "paused"
  | "done"
  | "cancelled";
export type LinkMode = "shared" | "person" | "direct";
export interface BroadcastDraft {
  channel_id: string;
  template_id: string;
  audience: Audience;
  lane?: Lane;
  send_at?: number | null;
  link_mode?: LinkMode;
  name?: string;
  not_after?: number | null;
  first_percent?: number | null;
  per_10min?: number | null;
  method?: "ledger" | "line_broadcast";
}
export type Hold =
  | "first_percent"
  | "quota"
  | "staff"
  | "quiet"
  | "pace"
  | "expired"
  | "template"
  | "stopped"
  | "restored";
export interface Broadcast {
  id: string;
  name: string;
  channel_id: string;
  template_id: string;
  template_version_id: string;
  audience: Audience;
  lane: Lane;
  link_mode: LinkMode;
  method: "ledger" | "line_broadcast";
  send_at: number;
  not_after: number;
  first_percent: number | null;
  per_10min: number | null;
  state: BroadcastState;
  hold: Hold | null;
  wake_at: number;
  total: number;
  created_by: string;
  created_at: number;
  confirmed_at: number | null;
  started_at: number | null;
  done_at: number | null;
}
export interface Counts {
  queued: number;
  sending: number;
  accepted: number;
  failed: number;
  unknown: number;
  refused: Partial<Record<Reason, number>>;
}
export interface BroadcastWithCounts extends Broadcast {
  counts: Counts;
}
export interface BroadcastPreview {
  audience: number;
  recipients: number;
  refused: Partial<Record<Reason, number>>;
  /** Ids of the first who will get it. */
  sample: string[];
  personal: boolean;
  /** Messages as LINE counts them. */
  messages: number;
  quota_limit: number | null;
  /** Left of the month afterwards; negative when it does not fit. */
  quota_after: number | null;
  /** Without tax, if all of it is beyond the plan's own messages. */
  yen_at_most: number;
  requests: number;
  duration_ms: number;
  quiet_until: number | null;
  example: Bubble[] | null;
  known_friends: number | null;
}

/* ---- rules and journeys ---- */
export type Action =
  | { action: "tag_add"; tag: string }
  | { action: "tag_remove"; tag: string }
  | { action: "attribute"; key: string; value: string | null }
  | { action: "message"; template: string; lane?: Lane }
  | { action: "journey_start"; journey: string }
  | { action: "journey_stop"; journey: string }
  | { action: "rich_menu"; rich_menu_id: string | null }
  | { action: "mark"; mark: string }
  | { action: "notify"; text: string }
  | { action: "webhook"; url: string };
export type MessageKind = "text" | "image" | "video" | "audio" | "file" | "location" | "sticker";
export type RuleTrigger =
  | { on: "follow" }
  | { on: "unblock" }
  | { on: "keyword"; mode: "exact" | "contains" | "regex"; words: string[] }
  | { on: "postback"; mode: "exact" | "prefix"; data: string }
  | { on: "message"; kinds: MessageKind[] }
  | { on: "any_message" }
  | { on: "click"; link?: string | null }
  | { on: "join" }
  | { on: "beacon"; hwid?: string | null }
  | { on: "video_complete"; tracking_id?: string | null }
  | { on: "account_link" }
  | { on: "membership"; action: string };
export type Weekday = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";
export interface Hours {
  weekdays: Weekday[];
  ranges: { from: string; to: string }[];
  side?: "inside" | "outside";
}
export interface RuleDraft {
  name: string;
  channel_id: string | null;
  trigger: RuleTrigger;
  hours: Hours | null;
  actions: Action[];
  priority?: number;
  enabled?: boolean;
}
export interface Rule extends RuleDraft {
  id: string;
  priority: number;
  enabled: boolean;
  created_at: number;
  updated_at: number;
}
export type TrialInput =
  | { kind: "message"; text: string; message_kind?: MessageKind }
  | { kind: "postback"; data: string }
  | { kind: "follow"; unblocked: boolean };
export interface RuleTrial {
  answer: string | null;
  actions: Action[];
  why: { rule: string; name: string; why: unknown; text: string }[];
}
export interface Span {
  days?: number;
  hours?: number;
  minutes?: number;
  /** `19:00`: at this time of that day. */
  at?: string;
}
export type Instead = "skip" | "go" | "end";
export type JourneyTrigger =
  | { on: "follow"; unblock?: boolean }
  | { on: "tag"; tag: string }
  | { on: "event"; name: string; where?: Condition; same?: string }
  | { on: "message"; kinds?: MessageKind[]; words?: string[] }
  | { on: "postback"; mode: "exact" | "prefix"; data: string }
  | { on: "click"; link?: string | null }
  | { on: "hand" };
export type Wait =
  | { after: Span }
  | { clock: string }
  | { weekday: { days: Weekday[]; at: string } }
  | {
      date: {
        attribute: string;
        days?: number;
        at: string;
        repeat?: "once" | "yearly";
        if_past?: Instead;
        if_missing?: Instead;
      };
    }
  | { day: { date: string; at: string; if_past?: Instead } }
  | { event: { event: JourneyTrigger; timeout?: Span; on_timeout?: string } };
export type Step =
  | { do: "message"; template: string; lane?: Lane }
  | { do: "actions"; actions: Action[] }
  | { do: "wait"; until: Wait }
  | { do: "branch"; if: Condition; yes?: string; no?: string }
  | { do: "choose"; cases: { if: Condition; next: string }[] }
  | { do: "goal" }
  | { do: "exit" };
/** A step with its stable id; `next` is an id or `end`, and the one below it when left out. */
export type JourneyNode = Step & { id: string; next?: string };
export type Goal = { when: Condition } | { on: JourneyTrigger };
export type Reentry = "never" | "after_end" | "always" | { keyed: string };
export interface Graph {
  trigger: JourneyTrigger;
  only?: Condition;
  nodes: JourneyNode[];
  goal?: Goal;
  reentry?: Reentry;
  on_block?: "exit" | "stay";
}
export interface JourneyDraft extends Graph {
  name?: string;
  channel_id: string;
}
export interface Journey {
  id: string;
  name: string;
  channel_id: string;
  state: "draft" | "published" | "stopped";
  graph: Graph;
  version_id: string | null;
  number: number | null;
  changed: boolean;
  active: number;
  created_at: number;
  updated_at: number;
}
export type Plan =
  | { plan: "message"; template: string; lane: Lane }
  | { plan: "actions"; actions: Action[] }
  | { plan: "waits" }
  | { plan: "ends"; state: EnrollmentState; reason: string }
  | { plan: "cut" };
export type Planned = Plan & {
  at: number;
  node: string;
  messages?: Bubble[];
  errors?: FieldError[];
};
export interface JourneyFigures {
  active: number;
  done: number;
  goal: number;
  exited: number;
  failed: number;
  nodes: Record<string, { here: number; ended: number }>;
}

/* ---- talk ---- */
export type TalkPath = { channel_id: string; contact_id: string };
export interface Conversation {
  channel_id: string;
  contact: {
    id: string;
    display_name: string | null;
    picture_url: string | null;
    kind: "person" | "group" | "room";
  };
  unread: number;
  mark: string;
  assignee: string | null;
  last_at: number;
  last_text: string;
  waiting_since: number | null;
  can_reply_free_until: number | null;
}
export interface TalkMessage {
  id: string;
  at: number;
  direction: "in" | "out";
  kind: string;
  text: string;
  body: Bubble;
  sender: string | null;
  media: { url: string } | null;
  unsent_at: number | null;
  edited_at: number | null;
  delivery?: { state: DeliveryState; reason: Reason | null };
}

/* ---- operation ---- */
export interface Link {
  id: string;
  code: string;
  url: string;
  name: string;
  short_url: string;
  created_at: number;
  archived_at: number | null;
}
export interface Status {
  idle: boolean;
  pending_events: number;
  due: number;
  queued: number;
  in_flight: number;
  parked: number;
  /** Domain time, Unix ms. */
  clock: number;
  next_due: number | null;
}
export interface Parked {
  id: string;
  event_id: string;
  contact_id: string;
  kind: string;
  attempts: number;
  parked_at: number;
  error: string;
}
