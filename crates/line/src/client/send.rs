//! Saying something: reply, push, multicast, broadcast, narrowcast – and asking LINE whether it
//! would take it.

use super::{AccessToken, Call, CallError, CallResult, Client, JSON, Outcome};
use crate::endpoint::{self, Endpoint};
use crate::validate::SendKind;
use bytes::Bytes;
use serde::Deserialize;
use uuid::Uuid;

/// How a narrowcast goes; kept by LINE for 14 days.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NarrowcastProgress {
    /// `waiting`, `sending`, `succeeded` or `failed`.
    pub phase: String,
    /// Users who got it.
    pub success_count: Option<i64>,
    /// Users who did not.
    pub failure_count: Option<i64>,
    /// Users meant.
    pub target_count: Option<i64>,
    /// Why it failed, in LINE's words.
    pub failed_description: Option<String>,
    /// 1 internal, 2 too few recipients, 3 a repeated request, 4 an audience under 50, 5 it would
    /// have been partial.
    pub error_code: Option<i64>,
    /// When LINE took it, ISO 8601.
    pub accepted_time: Option<String>,
    /// When it ended, ISO 8601.
    pub completed_time: Option<String>,
}

impl Client {
    /// Answers an event with a body of [`body::reply`](crate::body::reply). There is no retry key:
    /// after [`Outcome::RepeatSameKey`] only the same token and bytes may be tried again.
    pub async fn reply_raw(&self, token: &AccessToken, body: Bytes) -> Outcome {
        self.send(endpoint::REPLY, token, None, body).await
    }

    /// Says something to one user, group or room. The same key must always go with the same bytes;
    /// LINE remembers it for 24 hours.
    pub async fn push_raw(&self, token: &AccessToken, retry_key: Uuid, body: Bytes) -> Outcome {
        self.send(endpoint::PUSH, token, Some(retry_key), body).await
    }

    /// Says the same to up to 500 users. Key as for [`push_raw`](Self::push_raw).
    pub async fn multicast_raw(&self, token: &AccessToken, retry_key: Uuid, body: Bytes) -> Outcome {
        self.send(endpoint::MULTICAST, token, Some(retry_key), body).await
    }

    /// Says the same to all friends. Key as for [`push_raw`](Self::push_raw).
    pub async fn broadcast_raw(&self, token: &AccessToken, retry_key: Uuid, body: Bytes) -> Outcome {
        self.send(endpoint::BROADCAST, token, Some(retry_key), body).await
    }

    /// Says the same to friends LINE selects, some time later; the request id of the outcome asks
    /// for [its progress](Self::narrowcast_progress). Key as for [`push_raw`](Self::push_raw).
    pub async fn narrowcast_raw(&self, token: &AccessToken, retry_key: Uuid, body: Bytes) -> Outcome {
        self.send(endpoint::NARROWCAST, token, Some(retry_key), body).await
    }

    async fn send(&self, endpoint: Endpoint, token: &AccessToken, retry_key: Option<Uuid>, body: Bytes) -> Outcome {
        self.send_call(Call { retry_key, ..Call::new(endpoint).token(token).raw(JSON, body) }).await
    }

    pub(super) async fn send_call(&self, call: Call<'_>) -> Outcome {
        match self.request(call) {
            Ok(request) => {
                let limit = self.http.options.call_timeout;
                Outcome::of(self.http.whole(request, limit, super::MAX_ANSWER).await)
            }
            // Cannot happen with a checked base address, a fixed path and checked headers; if it
            // did, nothing was sent and the same request may be tried again.
            Err(error) => Outcome::RepeatSameKey(super::NoAnswer::NotSent(error.to_string()).into()),
        }
    }

    /// How a narrowcast goes, by the request id of its acceptance.
    pub async fn narrowcast_progress(&self, token: &AccessToken, request_id: &str) -> CallResult<NarrowcastProgress> {
        let call = Call::new(endpoint::NARROWCAST_PROGRESS).token(token);
        self.get(call.query(&[("requestId", Some(request_id))])).await
    }

    /// Lets LINE check messages without sending them. `messages` is a JSON array. Errors of form
    /// come as [`CallError::Refused`] with details.
    pub async fn validate(&self, token: &AccessToken, kind: SendKind, messages: &[u8]) -> CallResult<()> {
        let endpoint = match kind {
            SendKind::Reply => endpoint::VALIDATE_REPLY,
            SendKind::Push => endpoint::VALIDATE_PUSH,
            SendKind::Multicast => endpoint::VALIDATE_MULTICAST,
            SendKind::Narrowcast => endpoint::VALIDATE_NARROWCAST,
            SendKind::Broadcast => endpoint::VALIDATE_BROADCAST,
            SendKind::Notification => {
                return Err(CallError::NotMade("LINE checks no notification messages".into()));
            }
        };
        let body = crate::body::validate(messages);
        self.done(Call::new(endpoint).token(token).raw(JSON, body)).await
    }
}
