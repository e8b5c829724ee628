//! What tests of deliveries share.

use bytes::Bytes;
use uuid::Uuid;

use super::{Endpoint, Lane, Request};
use crate::ids::{ChannelId, ContactId, RequestId, WorkspaceId};

/// A push to contact `n` with key `n`.
pub fn push(n: u128) -> Request {
    Request {
        workspace: WorkspaceId(Uuid::from_u128(1)),
        id: RequestId(Uuid::from_u128(n)),
        shard: 0,
        channel: ChannelId(Uuid::from_u128(2)),
        endpoint: Endpoint::Push,
        lane: Lane::Marketing,
        contact: Some(ContactId(Uuid::from_u128(n))),
        span: None,
        recipients: 1,
        quota_month: 202_611,
        body: Bytes::from_static(b"{}"),
        attempts: 0,
        doubt: false,
        first_attempt_at: 0,
        not_after: i64::MAX,
        reply_until: None,
    }
}

