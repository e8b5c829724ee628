//! Deliveries (配信) and requests (送信): the outbox, the guard and what was fixed for LINE.
//!
//! Reading order: `guard` (may it be said), `pack` (what goes together), `fix` (one transaction makes requests of it),
//! `dispatch` (calls LINE), `outcome` (what its answer means), `results` (writes that down), `service` (the loop's
//! side: fixing, a start, a takeover). What may be lost at any moment is memory: every request stands in the database
//! before its first try.

mod body;
pub mod db;
mod dispatch;
pub mod exclusion;
mod fix;
pub mod guard;
pub mod outcome;
pub mod pack;
mod policy;
pub mod quota;
mod rate;
mod reason;
pub mod rehearsal;
mod render;
mod request;
mod results;
mod service;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod view;
pub mod why;

pub(crate) use body::Multicast;
pub(crate) use db::Person;
pub use dispatch::Outlet;
pub use exclusion::Exclusions;
pub use policy::{Budget, Cap, Policy, QuietHours, TimeOfDay};
pub(crate) use render::spoken_name;
pub use request::{Endpoint, Request, RequestState, Span};
pub use service::Delivery;

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, ContactId, DeliveryId, EventId, TemplateVersionId, WorkspaceId};

/// Every fixed statement of this module, for the test that prepares them on both stores.
pub fn statements() -> Vec<&'static str> {
    [
        db::STATEMENTS,
        exclusion::STATEMENTS,
        quota::STATEMENTS,
        rate::STATEMENTS,
        rehearsal::STATEMENTS,
        results::STATEMENTS,
        view::STATEMENTS,
        why::STATEMENTS,
    ]
    .concat()
}

/// 種別. Holdout, cap and budget touch marketing only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// 注文・発送.
    Transactional,
    /// What staff write in the talk.
    Chat,
    /// お約束: what the customer asked for or was promised.
    Promised,
    /// 販促.
    Marketing,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waits in the outbox.
    Queued,
    /// Its request is fixed.
    Sending,
    /// LINE took it.
    Accepted,
    /// LINE refused it for good.
    Failed,
    /// LINE's answer is not known and cannot be asked again.
    Unknown,
    /// The guard refused it, see [`Reason`].
    Refused,
}

/// Why the guard refused, or why LINE did. A closed list: every entry has a plain sentence for staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Not a friend of this channel (never, or state says so) and has not written within 7 days.
    NotFriend,
    /// Blocked the account.
    Blocked,
    /// The LINE account is gone.
    Deleted,
    /// Withdrew consent to marketing.
    NoConsent,
    /// `not_after` has passed: late is worse than never.
    Expired,
    /// The frequency cap is reached.
    Cap,
    /// Standing exclusion: staff.
    ExcludedStaff,
    /// Standing exclusion: a complaint is open (対応マーク).
    ExcludedComplaint,
    /// Standing exclusion: waits for an answer in the talk.
    ExcludedWaiting,
    /// Standing exclusion: has just bought.
    ExcludedBought,
    /// Standing exclusion: fits a condition of the shop's own.
    ExcludedGroup,
    /// In the 未配信グループ.
    Holdout,
    /// The month's quota (less the reserved share) is used up.
    Quota,
    /// A variable has no value and no fallback: nothing broken is sent.
    MissingVariable,
    /// The rendered message breaks a limit of LINE.
    Invalid,
    /// Broadcast or journey was cancelled by staff.
    Cancelled,
    /// The channel is in standby or may not send to this talk.
    Standby,
    /// The contact was erased.
    Erased,
    /// LINE refused the request (4xx).
    LineRefused,
    /// LINE refused the reply token (used or too old) and the delivery may not go by another road.
    ReplyToken,
}

/// Why this is said: what the timeline and `why` show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// rule | journey | chat | event | api | test.
    pub kind: CauseKind,
    /// The rule, journey, user, event … it comes from.
    pub id: uuid::Uuid,
    /// Journey node, or ''.
    pub node: String,
}

/// What kind of thing decided to say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// 自動応答.
    Rule,
    /// シナリオ配信.
    Journey,
    /// A member of staff in the talk.
    Chat,
    /// An API call.
    Api,
    /// 一斉配信.
    Broadcast,
    /// テスト配信.
    Test,
}

/// What to say: a template version, or fixed bubbles (chat, API).
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Rendered just in time.
    Template(TemplateVersionId),
    /// LINE message JSON, an array of 1–5.
    Fixed(String),
}

/// A reply token and how long it may be used (50 s after the event, promise 6), Unix ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyToken {
    /// LINE's token.
    pub token: String,
    /// Good until.
    pub until: i64,
}

/// A new entry of the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    /// Id, in order of decision.
    pub id: DeliveryId,
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Shard of the contact.
    pub shard: i64,
    /// To whom.
    pub contact: ContactId,
    /// From which account.
    pub channel: ChannelId,
    /// 種別.
    pub lane: Lane,
    /// Why.
    pub cause: Cause,
    /// The event it answers: deliveries of one event join one reply.
    pub event: Option<EventId>,
    /// What.
    pub content: Content,
    /// Values for variables the contact does not hold.
    pub context: serde_json::Map<String, serde_json::Value>,
    /// The free road, while it lives.
    pub reply: Option<ReplyToken>,
    /// From when, Unix ms.
    pub due_at: i64,
    /// Until when, Unix ms.
    pub not_after: i64,
}

crate::column::column_words!(Lane {
    Transactional => "transactional", Chat => "chat", Promised => "promised", Marketing => "marketing",
});
crate::column::column_words!(DeliveryState {
    Queued => "queued", Sending => "sending", Accepted => "accepted", Failed => "failed", Unknown => "unknown", Refused => "refused",
});
crate::column::column_words!(Reason {
    NotFriend => "not_friend", Blocked => "blocked", Deleted => "deleted", NoConsent => "no_consent", Expired => "expired",
    Cap => "cap", ExcludedStaff => "excluded_staff", ExcludedComplaint => "excluded_complaint",
    ExcludedWaiting => "excluded_waiting", ExcludedBought => "excluded_bought", ExcludedGroup => "excluded_group", Holdout => "holdout",
    Quota => "quota", MissingVariable => "missing_variable", Invalid => "invalid", Cancelled => "cancelled",
    Standby => "standby", Erased => "erased", LineRefused => "line_refused", ReplyToken => "reply_token",
});
crate::column::column_words!(CauseKind {
    Rule => "rule", Journey => "journey", Chat => "chat", Api => "api", Broadcast => "broadcast", Test => "test",
});
