//! A request (送信): one call to LINE carrying one or many deliveries, fixed before it is made.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::outcome::Try;
use super::{Lane, outcome};
use crate::ids::{BroadcastId, ChannelId, ContactId, RequestId, WorkspaceId};

/// LINE's calls that say something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Endpoint {
    /// Answers an event; free; no retry key.
    Reply,
    /// To one person or group.
    Push,
    /// The same body to up to 500 people.
    Multicast,
    /// LINE's own call to all friends.
    Broadcast,
}
crate::column::column_words!(Endpoint { Reply => "reply", Push => "push", Multicast => "multicast", Broadcast => "broadcast" });

impl Endpoint {
    /// LINE's limit per channel (Messaging API reference, "Rate limits").
    pub fn rate(self) -> line::endpoint::Rate {
        let published = match self {
            Self::Reply => line::endpoint::REPLY.rate,
            Self::Push => line::endpoint::PUSH.rate,
            Self::Multicast => line::endpoint::MULTICAST.rate,
            Self::Broadcast => line::endpoint::BROADCAST.rate,
        };
        published.unwrap_or(line::endpoint::Rate { calls: 100, per: Duration::from_secs(1) })
    }

    /// Whether LINE counts its recipients against the month.
    pub fn is_counted(self) -> bool {
        self != Self::Reply
    }
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Fixed; LINE's answer is not recorded yet.
    Open,
    /// LINE has it.
    Accepted,
    /// It was never taken.
    Failed,
    /// Nobody knows.
    Unknown,
    /// Refused and replaced by others with new keys.
    Split,
}
crate::column::column_words!(RequestState {
    Open => "open", Accepted => "accepted", Failed => "failed", Unknown => "unknown", Split => "split",
});

/// A range of a broadcast's ledger in the request's shard: `[from, to)`, less the exceptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The broadcast.
    pub broadcast: BroadcastId,
    /// First position.
    pub from: i64,
    /// Behind the last position.
    pub to: i64,
}

/// A fixed request as it waits in memory. The same id goes with the same bytes for ever: the id is LINE's retry key.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// `X-Line-Retry-Key`.
    pub id: RequestId,
    /// Its recipients' shard.
    pub shard: i64,
    /// Who speaks.
    pub channel: ChannelId,
    /// Which call.
    pub endpoint: Endpoint,
    /// 種別: decides who goes first.
    pub lane: Lane,
    /// Reply and push: to whom.
    pub contact: Option<ContactId>,
    /// From a broadcast's ledger.
    pub span: Option<Span>,
    /// How many people it is for.
    pub recipients: i64,
    /// The month its recipients are reserved in, `yyyymm`; 0 when it is free.
    pub quota_month: i64,
    /// The bytes.
    pub body: Bytes,
    /// Tries made.
    pub attempts: i64,
    /// Whether a try may have been taken without our knowing. True for everything reloaded after a crash.
    pub doubt: bool,
    /// Committed with the request, so before the first try: the key may be a little younger, never older, Unix ms.
    pub first_attempt_at: i64,
    /// Good until, Unix ms.
    pub not_after: i64,
    /// Replies: the token's end, Unix ms.
    pub reply_until: Option<i64>,
}

impl Request {
    /// Whose queue it waits in.
    pub(super) fn lane_key(&self) -> (WorkspaceId, ChannelId, Endpoint) {
        (self.workspace, self.channel, self.endpoint)
    }

    /// The retry key.
    pub fn key(&self) -> Uuid {
        self.id.0
    }

    /// What [`outcome`] decides by.
    pub fn as_try(&self) -> Try {
        Try {
            endpoint: self.endpoint,
            recipients: self.recipients,
            ledger: self.span.is_some(),
            doubt: self.doubt,
            first_attempt_at: self.first_attempt_at,
            not_after: self.not_after,
            reply_until: self.reply_until,
        }
    }

    /// The same recipients under a new key: only after a definite refusal.
    pub(crate) fn rekeyed(&self, now: i64) -> Self {
        Self { id: RequestId::new(now), attempts: 0, doubt: false, first_attempt_at: now, ..self.clone() }
    }
}

/// A request's end, ready to be written.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub request: Request,
    pub decision: outcome::Decision,
    pub said: outcome::Said,
    /// Domain time, Unix ms.
    pub at: i64,
}
