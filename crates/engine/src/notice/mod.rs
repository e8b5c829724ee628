//! Notices to staff (お知らせ): what a shop must hear of by itself, told once until it is over, by LINE, mail, Slack or a
//! signed call. Rules judge facts; a regular task of each workspace looks (`watch`); another delivers (`send`).

pub mod db;
mod decide;
mod facts;
mod mail;
mod pulse;
pub(crate) mod send;
#[cfg(test)]
mod tests;
pub mod watch;
mod words;

pub use decide::{ApprovalOf, Detail, Found, HeldOf, Rules};
pub use mail::Mail;
pub use pulse::Pulses;

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, ContactId, NoticeId, TargetId, UserId};

/// Every fixed statement of this module, for the test that prepares them on both stores.
pub fn statements() -> Vec<&'static str> {
    [db::STATEMENTS, facts::STATEMENTS, watch::STATEMENTS].concat()
}

/// What is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeCause)]
pub enum Cause {
    /// No webhook for so many hours although there are friends.
    WebhookSilent,
    /// Messages failed.
    Failures,
    /// Most of the month's messages are used.
    Quota,
    /// Many more blocks than usual.
    Blocks,
    /// Work beside the way hangs or was given up.
    Stuck,
    /// Events that could not be applied.
    Parked,
    /// A broadcast stands still and waits for staff, who did not stop it.
    BroadcastHeld,
    /// The daily copy could not be made.
    BackupFailed,
    /// There is no copy of the last days.
    BackupLate,
    /// A broadcast waits for a second person's word.
    ApprovalAsked,
    /// The second person said yes; it waits to be confirmed.
    ApprovalGiven,
    /// The second person sent it back.
    ApprovalReturned,
}
crate::column::column_words!(Cause {
    WebhookSilent => "webhook_silent", Failures => "failures", Quota => "quota", Blocks => "blocks", Stuck => "stuck",
    Parked => "parked", BroadcastHeld => "broadcast_held", BackupFailed => "backup_failed", BackupLate => "backup_late",
    ApprovalAsked => "approval_asked", ApprovalGiven => "approval_given",
    ApprovalReturned => "approval_returned",
});

impl Cause {
    /// Whether it is of an approval: said when it happens, not found by the regular look.
    pub const fn is_of_approval(self) -> bool {
        matches!(self, Self::ApprovalAsked | Self::ApprovalGiven | Self::ApprovalReturned)
    }
}

/// How somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeRoad)]
pub enum Road {
    /// By push to a member of staff who is a friend of an account: costs a message.
    Line,
    /// By mail.
    Mail,
    /// Into a Slack channel, by its incoming webhook.
    Slack,
    /// To an address of the shop, signed.
    Webhook,
}
crate::column::column_words!(Road { Line => "line", Mail => "mail", Slack => "slack", Webhook => "webhook" });

/// What became of telling one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeSendState)]
pub enum SendState {
    /// Waits.
    Queued,
    /// Handed over.
    Sent,
    /// Did not work; tried again for a while.
    Failed,
}
crate::column::column_words!(SendState { Queued => "queued", Sent => "sent", Failed => "failed" });

/// Whom to tell. Addresses are sealed; `shown` is what may be seen of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = NoticeTarget)]
pub struct Target {
    /// Id.
    #[schema(value_type = uuid::Uuid)]
    pub id: TargetId,
    /// How.
    pub road: Road,
    /// As staff named it.
    pub name: String,
    /// Whose own it is: of approvals it hears what concerns this person. Null: the shop's.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub user_id: Option<UserId>,
    /// LINE: which account speaks.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub channel_id: Option<ChannelId>,
    /// LINE: to whom.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
    /// What may be seen of the address.
    pub shown: String,
    /// Of what; empty: of everything.
    pub causes: Vec<Cause>,
    /// Since when it is told nothing, Unix ms.
    pub paused_at: Option<i64>,
    /// How its last test went.
    pub test: Option<Told>,
}

/// A target as staff make or change it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NoticeTargetInput)]
pub struct TargetInput {
    /// How.
    pub road: Road,
    /// As staff name it.
    pub name: String,
    /// Whose own it is; left out: the shop's.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub user_id: Option<UserId>,
    /// LINE: which account speaks.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub channel_id: Option<ChannelId>,
    /// LINE: to whom; marked as staff.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>)]
    pub contact_id: Option<ContactId>,
    /// Mail address or https address; left out: as it is.
    #[serde(default)]
    pub address: Option<String>,
    /// Of what; empty: of everything.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// Told nothing for now.
    #[serde(default)]
    pub paused: bool,
}

/// How telling somebody went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = NoticeTold)]
pub struct Told {
    /// Whom.
    #[schema(value_type = uuid::Uuid)]
    pub target_id: TargetId,
    /// How it went.
    pub state: SendState,
    /// Why it did not work.
    pub error: Option<String>,
    /// When, Unix ms.
    pub at: i64,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Notice {
    /// Id.
    #[schema(value_type = uuid::Uuid)]
    pub id: NoticeId,
    /// What.
    pub cause: Cause,
    /// Of which account.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub channel_id: Option<ChannelId>,
    /// Its figures.
    pub detail: Detail,
    /// Since when, Unix ms.
    pub began_at: i64,
    /// Until when, Unix ms; null: it goes on.
    pub over_at: Option<i64>,
    /// Who was told.
    pub told: Vec<Told>,
}
