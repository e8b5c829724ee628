/**
 * The things the API speaks of, from its document. Times are Unix milliseconds, ids UUIDs.
 *
 * Written by hand is what is JSON inside JSON: messages (as line-ui draws them), and conditions, graphs and rules, which
 * nest and whose parts share names in the document.
 */
import type { AnyMessage } from "@enishi/line-ui";
import type { Present } from "./present.ts";
import type { components } from "./schema.ts";

type Schemas = components["schemas"];
type Schema<Name extends keyof Schemas> = Present<Schemas[Name]>;
/** A schema in which some fields are better known than the document says. */
type But<T, Better> = Omit<T, keyof Better> & Better;

export type FieldError = Pick<Schema<"FieldError">, "path" | "code" | "message">;

/* ---- staff ---- */
export type Role = Schema<"Role">;
export type Scope = Schema<"Scope">;
export type Permission = Schema<"Permission">;
export type Me = Schema<"Me">;
export type NewKey = Schema<"NewKey">;
export type Security = Schema<"Security">;
export type Passkey = Schema<"Passkey">;
export type Passkeys = Schema<"Passkeys">;
export type PasskeyAnswer = Schemas["PasskeyAnswer"];
export type Session = Schema<"Session">;
export type User = Schema<"User">;
export type Token = Schema<"Token">;
export type AuditEntry = But<
  Schema<"AuditEntry">,
  {
    actor: { kind: "user" | "token" | "cli" | "system"; id: string | null; name: string | null };
    detail: unknown;
  }
>;

/* ---- workspace and accounts ---- */
/** What several people set, and the revision it stands at: a save names the one it was begun from. */
export type Kept<T> = T & { revision: number };
export type Lane = Schema<"Lane">;
export type LinkMode = Schema<"LinkMode">;
export type Policy = But<
  Schema<"Policy">,
  {
    exclusions: But<
      Schema<"Exclusions">,
      { groups: But<Schema<"ExcludedGroup">, { condition: Condition }>[] }
    >;
  }
>;
export type ChannelMode = Schema<"Mode">;
export type Channel = Schema<"Channel">;
export type NewChannel = Schemas["Connect"];
interface WebhookTest {
  success: boolean;
  status: number;
  reason: string;
  detail: string;
}
export type Probe = But<
  Schema<"Probe">,
  {
    webhook: {
      endpoint: string | null;
      active: boolean;
      is_ours: boolean;
      test: WebhookTest | null;
    };
  }
>;
export type Check = Schema<"Check">;
export interface Received {
  channel: Channel;
  probe: Probe;
  /** False: LINE's test did not reach us, and nothing was changed. */
  changed: boolean;
}
export type Reception = Schemas["Reception"];
export type Forward = Schema<"Forward">;
export type ForwardLog = Schema<"ForwardLog">;
export type ChecklistItem = Schema<"ChecklistItem">;
export type FriendFetch = Schema<"FriendFetch">;
export type ChannelStart = Schema<"ChannelStart">;

/* ---- contacts ---- */
export type FriendState = Schema<"FriendState">;
export type ContactRow = Schema<"ContactRow">;
export type Contact = Schema<"Contact">;
export type ContactEdit = Schemas["ContactPatch"];
export type Wanted = Partial<Schema<"Wanted">>;
export type View = But<Schema<"View">, { wanted: Wanted }>;
export type NewView = But<Schemas["NewView"], { wanted: Wanted }>;
export type BulkDeed =
  | { deed: "tag_add" | "tag_remove"; tag: string }
  | { deed: "attribute"; attribute: string; value: string | null }
  | { deed: "mark"; channel: string; mark: string }
  | { deed: "journey_start" | "journey_stop"; journey: string };
export type BulkWhom = { whom: "contacts"; ids: string[] } | { whom: "matching"; wanted: Wanted };
export type Bulk = But<Schema<"Bulk">, { deed: BulkDeed }>;
export type ImportPreview = Schema<"ImportPreview">;
export type ImportAnswer = Schema<"ImportAnswer">;
export type Takeout = Schema<"Takeout">;
export type DeliveryState = Schema<"DeliveryState">;
export type Reason = Schema<"Reason">;
export type TimelineEntry = Schema<"TimelineEntry">;
export type BroadcastFate =
  | "sent"
  | "refused"
  | "failed"
  | "unknown"
  | "open"
  | "waiting"
  | "not_addressed";
type Fated = But<Schema<"BroadcastWhy">, { state: BroadcastFate }>;
export type Mending = Schema<"Mend">;
export type Why = But<Schema<"WhyView">, { broadcasts: Fated[] }>;

/* ---- definitions ---- */
export type Asset = Schema<"Asset">;
export type AssetKind = Schema<"AssetKind">;
export type Tag = Schema<"Tag">;
export type AttributeType = Schema<"AttributeType">;
export type Attribute = Schema<"Attribute">;
export type Segment = But<Schema<"Segment">, { condition: Condition }>;
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
type Walk = "never" | "active" | "done" | "goal" | "exited" | "failed" | { at: string };
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
  | { is: "clicked"; link?: string; cause?: string; within_days?: number }
  | { is: "language"; languages: string[] }
  | { is: "created"; when: When }
  | { is: "kind"; kind: "person" | "group" | "room" }
  | { is: "staff" }
  | { is: "consent" }
  | { is: "contacts"; ids: string[] };

/* ---- templates ---- */
/** LINE's message JSON, possibly half-filled, with variables in its texts. */
export type Bubble = AnyMessage;
export type Template = But<Schema<"Template">, { messages: Bubble[] }>;
export type TemplateVersion = But<Schema<"TemplateVersion">, { messages: Bubble[] }>;
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
  | { to: "line_users"; user_ids: string[] }
  | { to: "reached"; broadcast: string }
  | { to: "missed"; broadcast: string };
export type BroadcastState = Schema<"State">;
export type BroadcastCategory = Schema<"BroadcastCategory">;
export type BroadcastDraft = But<Schemas["BroadcastInput"], { audience: Audience }>;
export type Broadcast = But<Schema<"Broadcast">, { audience: Audience }>;
export type Counts = But<Schema<"Counts">, { refused: Partial<Record<Reason, number>> }>;
export type BroadcastRow = Broadcast & { awaits_approval: boolean };
export type Approval = Schema<"BroadcastApproval">;
export type BroadcastWithCounts = Broadcast & {
  counts: Counts;
  clicks: Schema<"LinkFigures">;
  approval: Approval | null;
  /** Of staff, by actor (`user:<id>`). */
  names: Record<string, string>;
};
export type Coupon = Schema<"Coupon">;
export type NewCoupon = Schema<"NewCoupon">;
export type RichMenu = Schema<"RichMenu">;
export type RichMenus = Schema<"RichMenus">;
export type Finding = Schema<"ContentFinding">;
export type FoundPlace = Schema<"FoundPlace">;
export type Overlap = Schema<"BroadcastOverlap">;
export type BroadcastPreview = But<
  Schema<"BroadcastPreview">,
  { refused: Partial<Record<Reason, number>>; example: Bubble[] | null; variables: Finding | null }
>;
export type BroadcastResult = But<
  Schema<"BroadcastResult">,
  {
    insight: Schema<"BroadcastInsight"> | null;
    blocks: Schema<"BroadcastBlocks"> | null;
    left_out: Partial<Record<Reason, number>>;
  }
>;
export type BroadcastSafety = But<
  Schema<"BroadcastSafety">,
  { approval: { when: "off" } | { when: "above"; people: number } | { when: "always" } }
>;

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
  /** The `updated_at` it was begun from; saved over nobody then. */
  base?: number;
}

export interface Rule extends RuleDraft {
  id: string;
  priority: number;
  enabled: boolean;
  created_at: number;
  updated_at: number;
  /** The earlier rule that always answers instead. */
  hidden_by?: Hidden | null;
}
type Hidden = Schema<"Shadow">;

export type TrialInput =
  | { kind: "message"; text: string; message_kind?: MessageKind }
  | { kind: "postback"; data: string }
  | { kind: "follow"; unblocked: boolean };
export type RuleTrial = But<Schema<"TryAnswer">, { actions: Action[] }>;
export interface Span {
  days?: number;
  hours?: number;
  minutes?: number;
  /** `19:00`: at this time of that day. */
  at?: string;
}

type Instead = "skip" | "go" | "end";

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

type Goal = { when: Condition } | { on: JourneyTrigger };

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
  /** What it was made from; left out it writes over whatever is there. */
  revision?: number;
  name?: string;
  channel_id: string;
}
type EnrollmentState = Schema<"EnrollmentState">;
export type Journey = But<Schema<"Journey">, { graph: Graph }>;
export type JourneyVersion = Schema<"JourneyVersion">;
export type JourneyFigures = Schema<"JourneyFigures">;
type Plan =
  | { plan: "message"; template: string; lane: Lane }
  | { plan: "actions"; actions: Action[] }
  | { plan: "waits" }
  | { plan: "ends"; state: EnrollmentState; reason: string }
  | { plan: "cut" };
export type Planned = Plan & {
  at: number;
  node: string;
  messages?: Bubble[] | null;
  errors?: FieldError[];
};

/* ---- talk ---- */
export type TalkPath = { channel_id: string; contact_id: string };
export type Conversation = Schema<"Conversation">;
export type TalkMessage = But<
  Schema<"Message">,
  {
    direction: "in" | "out" /** What was received is one message, what was said is a list. */;
    body: Bubble | Bubble[];
    delivery?: { state: DeliveryState; reason: Reason | null } | null;
  }
>;

/* ---- operation ---- */
export type LinkSettings = Schema<"LinkSettings">;
export type UtmRule = Schema<"UtmRule">;
export type Health = Schema<"Health">;
export type HealthSign = Schema<"HealthSign">;
export type HealthLight = Schema<"HealthLight">;
export type HealthAccount = Schema<"HealthAccount">;
export type Backups = Schema<"Backups">;
export type Backup = Schema<"Backup">;
export type BackupTask = Schema<"BackupTask">;
export type BackupSchedule = Schemas["BackupSchedule"];

/* ---- insight ---- */
export type Dashboard = Schema<"Dashboard">;
export type DayFigures = Schema<"DayFigures">;
export type MonthOutlook = Schema<"MonthOutlook">;
export type SendKind = Schema<"SendKind">;
export type Sums = Schema<"Sums">;
export type Calendar = Schema<"Calendar">;
export type PlannedBroadcast = Schema<"PlannedBroadcast">;
export type MenuDay = Schema<"MenuDay">;
export type Report = Schema<"Report">;
export type MonthFigures = Schema<"MonthFigures">;

/* ---- notices ---- */
export type NoticeCause = Schema<"NoticeCause">;
export type NoticeRoad = Schema<"NoticeRoad">;
export type NoticeRules = Schema<"NoticeRules">;
export type Notice = Schema<"Notice">;
export type NoticeTarget = Schema<"NoticeTarget">;
export type NoticeTargetInput = Schemas["NoticeTargetInput"];
export type Parked = Schema<"Parked">;
