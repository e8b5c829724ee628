//! Events (イベント): something that happened. Append-only, deduplicated, applied in order per contact, once.

pub mod ingest;
mod line;
pub mod parked;

pub use line::{Oddity, REPLY_LIFE_MS};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::contact::ContactChange;
use crate::contact::import::{Brought, Start};
use crate::delivery::{Lane, ReplyToken};
use crate::ids::{ChannelId, ContactId, EventId, JourneyId, LinkId, TemplateId, UserId, WorkspaceId};

/// Where an event came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// LINE's webhook.
    Line,
    /// A member of staff in the admin.
    Staff,
    /// The API.
    Api,
    /// A file.
    Import,
    /// A tracked link.
    Link,
    /// A task of ours (profile read …).
    Task,
}

/// What was said to us. Media are fetched by a task and kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// LINE's message id.
    pub id: String,
    /// text, image, video, audio, file, location, sticker or what LINE adds.
    pub kind: String,
    /// The text, or '' for other kinds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// LINE's message object without secrets, for display.
    pub body: serde_json::Value,
    /// Token to mark the talk as read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_token: Option<String>,
    /// Whether content must be downloaded (contentProvider line).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub media: bool,
}

/// The typed payload. Unknown kinds of LINE are kept raw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// Added the account, or unblocked it.
    Follow {
        /// LINE's hint, not fully reliable.
        unblocked: bool,
    },
    /// Blocked the account.
    Unfollow,
    /// Wrote.
    Message {
        /// What.
        message: Received,
    },
    /// Edited a message (group talks).
    Edited {
        /// The new text content.
        message: Received,
    },
    /// Took a message back: text and media are erased.
    Unsend {
        /// LINE's message id.
        message_id: String,
    },
    /// Tapped a button.
    Postback {
        /// The button's data.
        data: String,
        /// Date, time or rich-menu parameters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        params: Option<serde_json::Value>,
    },
    /// Watched a video to its end.
    VideoComplete {
        /// Tracking id.
        tracking_id: String,
    },
    /// Came near a beacon.
    Beacon {
        /// Hardware id.
        hwid: String,
        /// enter, banner or stay.
        action: String,
    },
    /// The account was invited to a group or room.
    Join,
    /// The account was removed from a group or room.
    Leave,
    /// People joined or left a group.
    Members {
        /// True when they joined.
        joined: bool,
        /// LINE user ids.
        user_ids: Vec<String>,
    },
    /// ID連携 finished or failed.
    AccountLink {
        /// Whether it succeeded.
        ok: bool,
        /// Our nonce.
        nonce: String,
    },
    /// LINE membership (メンバーシップ) joined, left or renewed.
    Membership {
        /// joined, left, renewed.
        action: String,
        /// Plan.
        membership_id: String,
    },
    /// A LINE event we do not act on; kept as it came.
    Other {
        /// LINE's type.
        line_type: String,
        /// The event's JSON.
        raw: serde_json::Value,
    },
    /// The shop's own event (`POST /api/v1/events`).
    Custom {
        /// Its name, e.g. `order_placed`.
        name: String,
        /// Its data; `data.key` keys a journey.
        data: serde_json::Map<String, serde_json::Value>,
    },
    /// Clicked a tracked link.
    Click {
        /// Which.
        link: LinkId,
        /// What sent it, when known.
        cause: Option<uuid::Uuid>,
    },
    /// Edits by staff, import, API or task.
    Changed {
        /// In order.
        changes: Vec<ContactChange>,
    },
    /// A list was taken in that brought something new, and was told what may follow from it.
    Imported {
        /// What is new.
        brought: Vec<Brought>,
        /// What may follow.
        start: BTreeSet<Start>,
        /// The name it gave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    },
    /// Put into a シナリオ by hand or API.
    Enroll {
        /// Which.
        journey: JourneyId,
        /// '' or a key.
        key: String,
    },
    /// Taken out of a シナリオ by hand or API.
    Unenroll {
        /// Which.
        journey: JourneyId,
    },
    /// A message decided outside rules and journeys: staff in the talk, API, test send.
    Say {
        /// Who or what asked.
        by: SayBy,
        /// A template, or
        template: Option<TemplateId>,
        /// fixed LINE messages (JSON array).
        messages: Option<serde_json::Value>,
        /// 種別.
        lane: Lane,
        /// Good until, Unix ms.
        not_after: i64,
    },
}

/// Who asked for a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", content = "id", rename_all = "snake_case")]
pub enum SayBy {
    /// A member of staff, from the talk.
    Staff(UserId),
    /// An API token.
    Api,
    /// テスト配信.
    Test,
}

/// An event as it is stored and applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Its id: also the key of deduplication.
    pub id: EventId,
    /// Whose.
    pub contact: ContactId,
    /// On which channel, if on one.
    pub channel: Option<ChannelId>,
    /// Where it came in.
    pub source: Source,
    /// When it happened, Unix ms.
    pub occurred_at: i64,
    /// When we got it, Unix ms.
    pub received_at: i64,
    /// What.
    pub payload: Payload,
}

/// What is stored as the event's JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
    /// The reply token that came with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReplyToken>,
    /// LINE says another module holds the talk: nothing may be sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standby: bool,
    /// In a group: who acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

crate::column::column_words!(Source {
    Line => "line", Staff => "staff", Api => "api", Import => "import", Link => "link", Task => "task",
});

/// Words that `events.kind` uses for LINE's and our own events.
const RESERVED: &[&str] = &[
    "follow",
    "unfollow",
    "message",
    "edited",
    "unsend",
    "postback",
    "video_complete",
    "beacon",
    "join",
    "leave",
    "members",
    "account_link",
    "membership",
    "other",
    "click",
    "changed",
    "imported",
    "enroll",
    "unenroll",
    "say",
];

impl EventKind {
    /// Whether an import brought a new friend and was told to start this for them.
    pub fn befriends_to(&self, wanted: Start) -> bool {
        matches!(self, Self::Imported { brought, start, .. } if brought.contains(&Brought::Friend) && start.contains(&wanted))
    }

    /// Whether a shop's own event may not go by this name.
    pub fn is_reserved(name: &str) -> bool {
        RESERVED.contains(&name)
    }

    /// The word stored in `events.kind`; a custom event goes by its own name.
    pub fn name(&self) -> &str {
        match self {
            Self::Follow { .. } => "follow",
            Self::Unfollow => "unfollow",
            Self::Message { .. } => "message",
            Self::Edited { .. } => "edited",
            Self::Unsend { .. } => "unsend",
            Self::Postback { .. } => "postback",
            Self::VideoComplete { .. } => "video_complete",
            Self::Beacon { .. } => "beacon",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::Members { .. } => "members",
            Self::AccountLink { .. } => "account_link",
            Self::Membership { .. } => "membership",
            Self::Other { line_type, .. } => line_type,
            Self::Custom { name, .. } => name,
            Self::Click { .. } => "click",
            Self::Changed { .. } => "changed",
            Self::Imported { .. } => "imported",
            Self::Enroll { .. } => "enroll",
            Self::Unenroll { .. } => "unenroll",
            Self::Say { .. } => "say",
        }
    }
}
