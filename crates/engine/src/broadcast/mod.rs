//! Broadcasts (一斉配信): one template version to one snapshot of recipients in one window.
//!
//! The ledger says who gets it: `(broadcast, shard, pos)`. A request covers a range of positions of one shard; a
//! recipient's state is its request's, exceptions stand beside. All below a shard's `next_pos` is fixed or excepted, so
//! that a pause, a cancel, a block or a cap acts at once on the rest.

pub mod again;
pub mod approval;
mod approval_notice;
pub mod budget;
pub mod check;
mod counts;
pub mod db;
mod decide;
pub mod fate;
mod fix;
mod held;
pub mod insight;
pub mod ledger;
mod line_call;
#[cfg(test)]
mod measure;
pub(crate) mod named;
pub mod overlap;
mod pace;
pub mod preview;
pub mod result;
pub mod safety;
mod service;
mod snapshot;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use counts::counts;
pub use decide::Command;
pub use held::{HeldUp, held_up};
pub use service::Broadcasts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::contact::Contact;
use crate::delivery::{Lane, Reason};
use crate::ids::{BroadcastId, ChannelId, ContactId, SegmentId, TagId, TemplateId, TemplateVersionId, WorkspaceId};
use crate::link::{Track, Tracker};
use crate::segment::Condition;
use crate::template::Compiled;

/// Every fixed statement of this module, for the test that prepares them on both stores.
pub fn statements() -> Vec<&'static str> {
    [
        again::STATEMENTS,
        approval::STATEMENTS,
        approval_notice::STATEMENTS,
        budget::STATEMENTS,
        check::STATEMENTS,
        counts::STATEMENTS,
        db::STATEMENTS,
        fate::STATEMENTS,
        &fix::statements(),
        held::STATEMENTS,
        insight::STATEMENTS,
        ledger::STATEMENTS,
        line_call::STATEMENTS,
        overlap::STATEMENTS,
        preview::STATEMENTS,
        result::STATEMENTS,
        snapshot::STATEMENTS,
    ]
    .concat()
}

/// Contacts or LINE user ids that may be listed one by one.
pub const MAX_LISTED: usize = 50_000;

/// To whom. Always people tied to the broadcast's channel, except where they are listed one by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Audience {
    /// Every friend of the channel that Enishi knows, and those of whom LINE has not told (`unknown`).
    All {},
    /// A saved segment, as it is when the snapshot is taken.
    Segment {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        segment: SegmentId,
    },
    /// A condition of its own.
    Condition {
        /// Who is in it.
        condition: Condition,
    },
    /// By tags: has all of `all`, at least one of `any` (if there are any), none of `none`.
    Tags {
        /// All of these.
        #[serde(default)]
        #[schema(value_type = Vec<uuid::Uuid>)]
        all: Vec<TagId>,
        /// At least one of these.
        #[serde(default)]
        #[schema(value_type = Vec<uuid::Uuid>)]
        any: Vec<TagId>,
        /// None of these.
        #[serde(default)]
        #[schema(value_type = Vec<uuid::Uuid>)]
        none: Vec<TagId>,
    },
    /// A list of contacts, at most 50,000.
    Contacts {
        /// Ids.
        #[schema(value_type = Vec<uuid::Uuid>)]
        contacts: Vec<ContactId>,
    },
    /// Those who got another broadcast of the same account, up to the moment the snapshot is taken.
    Reached {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        broadcast: BroadcastId,
    },
    /// Those whom another broadcast of the same account surely did not reach and a second try may: not who blocked the
    /// account or is excluded, and not whose answer from LINE is unknown.
    Missed {
        /// Which.
        #[schema(value_type = uuid::Uuid)]
        broadcast: BroadcastId,
    },
    /// A list of LINE user ids of the channel's provider (a CSV column), at most 50,000. Unknown ones are left out. Empty
    /// when the broadcast is over: whom it was for is then told by its deliveries.
    LineUsers {
        /// `U…`.
        user_ids: Vec<String>,
    },
}

/// What links in the messages tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkMode {
    /// Who opened it: signed per recipient, so that each gets a push of his own if there is any link.
    Person,
    /// How often it was opened: one body for all.
    #[default]
    Shared,
    /// No redirect of ours: the shop's own addresses, with utm parameters.
    Direct,
}
crate::column::column_words!(LinkMode { Person => "person", Shared => "shared", Direct => "direct" });

impl LinkMode {
    /// How links are written for this reader; `None`: for everybody alike.
    pub(crate) fn track<'a>(self, tracker: &'a Tracker, reader: Option<&Contact>, cause: Uuid) -> Track<'a> {
        match (self, reader) {
            (Self::Person, Some(reader)) => tracker.person(reader, cause),
            (Self::Person, None) | (Self::Shared, _) => tracker.shared(cause),
            (Self::Direct, _) => Track::direct(cause),
        }
    }

    /// Whether recipients get different bodies: by what the template says of them, or by its links.
    pub(crate) fn is_personal(self, tracker: &Tracker, template: &Compiled) -> bool {
        template.is_personal() || (self == Self::Person && tracker.is_reachable() && template.has_links())
    }
}

/// What a broadcast is for (販促・読み物・お知らせ): the calendar shows their shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BroadcastCategory)]
pub enum Category {
    /// 販促: wants to sell.
    Promotion,
    /// 読み物: worth reading by itself.
    Reading,
    /// お知らせ: holidays, changes.
    Notice,
}
crate::column::column_words!(Category { Promotion => "promotion", Reading => "reading", Notice => "notice" });

/// How it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// To the recipients in our ledger.
    #[default]
    Ledger,
    /// LINE's own broadcast call: also reaches friends Enishi does not know, and knows no exception.
    LineBroadcast,
}
crate::column::column_words!(Method { Ledger => "ledger", LineBroadcast => "line_broadcast" });

/// Where a broadcast stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 下書き.
    Draft,
    /// 予約: confirmed, waits for its time.
    Scheduled,
    /// 対象者を確定中.
    Snapshotting,
    /// 配信中.
    Sending,
    /// 一時停止.
    Paused,
    /// 完了: the ledger says so.
    Done,
    /// 中止.
    Cancelled,
}
crate::column::column_words!(State {
    Draft => "draft", Scheduled => "scheduled", Snapshotting => "snapshotting", Sending => "sending",
    Paused => "paused", Done => "done", Cancelled => "cancelled",
});

/// Why it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// The first percent are out; staff look before the rest goes.
    FirstPercent,
    /// The month's messages are used up.
    Quota,
    /// Staff paused it.
    Staff,
    /// Quiet hours; goes on by itself.
    Quiet,
    /// n per 10 minutes; goes on by itself.
    Pace,
    /// Its last moment has passed: nothing more goes, what is under way is awaited.
    Expired,
    /// The template cannot be said (a variable without value).
    Template,
    /// It would cost more than is left of the month's budget; nothing of it has gone.
    Budget,
}
crate::column::column_words!(Hold {
    FirstPercent => "first_percent", Quota => "quota", Staff => "staff", Quiet => "quiet", Pace => "pace",
    Expired => "expired", Template => "template", Budget => "budget",
});

impl Hold {
    /// Whether it waits for staff who did not stop it, and do not know.
    pub const fn is_unasked(self) -> bool {
        matches!(self, Self::Quota | Self::Template | Self::Budget)
    }
}

/// A broadcast.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Broadcast {
    /// Tenant.
    #[serde(skip)]
    pub workspace: WorkspaceId,
    /// Id.
    #[schema(value_type = uuid::Uuid)]
    pub id: BroadcastId,
    /// Who speaks.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// As staff named it.
    pub name: String,
    /// What is said.
    #[schema(value_type = uuid::Uuid)]
    pub template_id: TemplateId,
    /// Its version: the newest at confirmation.
    #[schema(value_type = uuid::Uuid)]
    pub template_version_id: TemplateVersionId,
    /// To whom.
    pub audience: Audience,
    /// 種別.
    pub lane: Lane,
    /// What links tell.
    pub link_mode: LinkMode,
    /// How it goes.
    pub method: Method,
    /// What it is for; null when nobody said.
    pub category: Option<Category>,
    /// From when, Unix ms.
    pub send_at: i64,
    /// Last moment, Unix ms.
    pub not_after: i64,
    /// First so many percent, then wait for staff.
    pub first_percent: Option<i64>,
    /// At most so many recipients in 10 minutes.
    pub per_10min: Option<i64>,
    /// Where it stands.
    pub state: State,
    /// Why it waits.
    pub hold: Option<Hold>,
    /// When its next step is due, Unix ms.
    pub wake_at: i64,
    /// Recipients in the snapshot.
    pub total: i64,
    /// Grows with every change of the draft.
    pub revision: i64,
    /// Who changed it last.
    pub updated_by: String,
    /// Who made it.
    pub created_by: String,
    /// Unix ms.
    pub created_at: i64,
    /// Unix ms.
    pub confirmed_at: Option<i64>,
    /// Unix ms.
    pub started_at: Option<i64>,
    /// Unix ms.
    pub done_at: Option<i64>,
    /// Window of n per 10 minutes: since when, and what was fixed before it.
    #[serde(skip)]
    pub(crate) pace: (Option<i64>, i64),
}

/// A broadcast as it is made or changed (drafts only).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BroadcastInput {
    /// Who speaks.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// What is said.
    #[schema(value_type = uuid::Uuid)]
    pub template_id: TemplateId,
    /// To whom.
    pub audience: Audience,
    /// As staff name it; the template's name by default.
    #[serde(default)]
    pub name: Option<String>,
    /// 種別, marketing by default.
    #[serde(default = "marketing")]
    pub lane: Lane,
    /// From when, Unix ms; at once when left out.
    #[serde(default)]
    pub send_at: Option<i64>,
    /// Last moment, Unix ms; 24 hours after `send_at` when left out.
    #[serde(default)]
    pub not_after: Option<i64>,
    /// What links tell.
    #[serde(default)]
    pub link_mode: LinkMode,
    /// How it goes.
    #[serde(default)]
    pub method: Method,
    /// What it is for.
    #[serde(default)]
    pub category: Option<Category>,
    /// First so many percent (1–99), then wait for staff.
    #[serde(default)]
    pub first_percent: Option<i64>,
    /// At most so many recipients in 10 minutes.
    #[serde(default)]
    pub per_10min: Option<i64>,
    /// The revision this change was written on: when somebody else has changed the draft since, it is refused with
    /// `edited_meanwhile`. Left out: whatever stands there is replaced.
    #[serde(default)]
    pub revision: Option<i64>,
}

fn marketing() -> Lane {
    Lane::Marketing
}

/// Where its recipients stand. The sum of all is `total` (for LINE's own call: what Enishi knows of).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Counts {
    /// Not fixed yet.
    pub queued: i64,
    /// Fixed, LINE's answer is not recorded yet.
    pub sending: i64,
    /// LINE has it.
    pub accepted: i64,
    /// LINE refused it for good.
    pub failed: i64,
    /// Nobody knows.
    pub unknown: i64,
    /// Not sent, by reason.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub refused: BTreeMap<Reason, i64>,
}

impl Counts {
    /// All of them.
    pub fn total(&self) -> i64 {
        self.queued + self.sending + self.accepted + self.failed + self.unknown + self.refused.values().sum::<i64>()
    }
}
