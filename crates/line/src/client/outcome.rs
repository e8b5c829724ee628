//! What LINE said, sorted by what the caller can do about it.

use super::transport::{NoAnswer, Whole};
use bytes::Bytes;
use hyper::StatusCode;
use serde::Deserialize;

/// Bytes of an answer that are kept for people to read.
const KEPT_BODY: usize = 16 * 1024;

/// How a send ended. Sorted by Messaging API reference, "Retry failed requests" and "Status codes".
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// LINE took it.
    Accepted(Accepted),
    /// LINE had taken it at an earlier try with the same retry key (409). As good as accepted.
    AcceptedAlready(AcceptedAlready),
    /// LINE will never take it as it is: repeat nothing.
    RefusedForGood(Refusal),
    /// Only for replies: the token was used before, or is too old.
    InvalidReplyToken(Refusal),
    /// The messages of this month are used up (429); also while a narrowcast reserves them.
    OverQuota(Refusal),
    /// Too fast (429): the same request again, later.
    RateLimited(Refusal),
    /// The channel token does not hold (401): the same request with another token.
    TokenInvalid(Refusal),
    /// Nobody knows whether LINE took it: repeat the same bytes with the same key.
    RepeatSameKey(Doubt),
}

/// LINE took it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accepted {
    /// LINE's id of the request: for questions to LINE, progress and insight.
    pub request_id: Option<Box<str>>,
    /// The messages as they stand in the talk; LINE tells for push and reply only.
    pub sent: Vec<SentMessage>,
}

/// LINE had taken it before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedAlready {
    /// Id of this try.
    pub request_id: Option<Box<str>>,
    /// Id of the try that was taken; insight knows only this one.
    pub accepted_request_id: Option<Box<str>>,
    /// As at the first answer; LINE tells for push only.
    pub sent: Vec<SentMessage>,
}

/// A message as it stands in the talk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMessage {
    /// Message id.
    pub id: String,
    /// Quotes it; only for kinds that can be quoted.
    pub quote_token: Option<String>,
}

/// An answer other than success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// LINE's id of the request.
    pub request_id: Option<Box<str>>,
    /// LINE's sentence; for OAuth errors the description. Empty if the body was none of LINE's.
    pub message: String,
    /// OAuth's error word, such as `invalid_grant`.
    pub error: Option<String>,
    /// What is wrong where.
    pub details: Vec<ErrorDetail>,
    /// The body as it came, up to 16 KiB.
    pub body: Bytes,
}

/// What is wrong where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ErrorDetail {
    /// LINE's sentence.
    pub message: String,
    /// The field, such as `messages[0].text`.
    pub property: String,
}

/// Why nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// No answer came. [`NoAnswer::NotSent`] at least is certain: LINE never saw it.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// LINE, or a proxy before it, failed (5xx, 408).
    #[error("LINE failed: {0}")]
    Failed(Refusal),
}

/// Any other call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// LINE will not do it.
    #[error("LINE refused: {0}")]
    Refused(Box<Refusal>),
    /// Too fast: later again.
    #[error("too many calls: {0}")]
    RateLimited(Box<Refusal>),
    /// The token does not hold.
    #[error("LINE does not accept the token: {0}")]
    TokenInvalid(Box<Refusal>),
    /// No answer, or LINE failed: later again, if the call may be made twice.
    #[error("LINE is not available: {0}")]
    Unavailable(Box<Doubt>),
    /// LINE did it, but its answer cannot be read.
    #[error("LINE answered something else than documented: {problem}")]
    Unreadable {
        /// What is wrong with the answer.
        problem: String,
        /// LINE's id of the request.
        request_id: Option<Box<str>>,
    },
    /// The call was not made, because it could not be put into words.
    #[error("the call cannot be made: {0}")]
    NotMade(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(error) = &self.error {
            write!(f, " {error}")?;
        }
        if !self.message.is_empty() {
            write!(f, " {}", self.message)?;
        }
        for detail in &self.details {
            write!(f, "; {}: {}", detail.property, detail.message)?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (x-line-request-id {id})")?;
        }
        Ok(())
    }
}

impl Outcome {
    /// LINE's id of this try.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Accepted(accepted) => accepted.request_id.as_deref(),
            Self::AcceptedAlready(accepted) => accepted.request_id.as_deref(),
            Self::RepeatSameKey(Doubt::NoAnswer(_)) => None,
            Self::RefusedForGood(refusal)
            | Self::InvalidReplyToken(refusal)
            | Self::OverQuota(refusal)
            | Self::RateLimited(refusal)
            | Self::TokenInvalid(refusal)
            | Self::RepeatSameKey(Doubt::Failed(refusal)) => refusal.request_id.as_deref(),
        }
    }

    /// Whether LINE has it, by this try or an earlier one.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_) | Self::AcceptedAlready(_))
    }

    pub(super) fn of(answer: Result<Whole, NoAnswer>) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Self::RepeatSameKey(error.into()),
        };
        if answer.status.is_success() {
            return Self::Accepted(Accepted { request_id: header(&answer, "x-line-request-id"), sent: sent_messages(&answer) });
        }
        if answer.status == StatusCode::CONFLICT {
            return Self::AcceptedAlready(AcceptedAlready {
                request_id: header(&answer, "x-line-request-id"),
                accepted_request_id: header(&answer, "x-line-accepted-request-id"),
                sent: sent_messages(&answer),
            });
        }
        let refusal = Refusal::of(&answer);
        match refusal.status {
            401 => Self::TokenInvalid(refusal),
            429 if refusal.is_monthly_limit() => Self::OverQuota(refusal),
            429 => Self::RateLimited(refusal),
            400 if refusal.message == "Invalid reply token" => Self::InvalidReplyToken(refusal),
            408 | 500..=599 => Self::RepeatSameKey(Doubt::Failed(refusal)),
            _ => Self::RefusedForGood(refusal),
        }
    }
}

impl Refusal {
    pub(super) fn of(answer: &Whole) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Wire {
            message: Option<String>,
            details: Option<Vec<ErrorDetail>>,
            error: Option<String>,
            error_description: Option<String>,
        }
        let body = answer.body.clone().unwrap_or_default();
        let wire: Wire = serde_json::from_slice(&body).unwrap_or_default();
        // A copy, where something is cut: the rest of the answer must not be held for it.
        let kept = if body.len() > KEPT_BODY { Bytes::copy_from_slice(&body[..KEPT_BODY]) } else { body };
        Self {
            status: answer.status.as_u16(),
            request_id: header(answer, "x-line-request-id"),
            message: wire.message.or(wire.error_description).unwrap_or_default(),
            error: wire.error,
            details: wire.details.unwrap_or_default(),
            body: kept,
        }
    }

    /// LINE uses 429 for two things; only its sentence tells them apart.
    fn is_monthly_limit(&self) -> bool {
        self.message.to_ascii_lowercase().contains("monthly limit")
    }
}

impl CallError {
    /// HTTP status, if LINE answered.
    pub fn status(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.status)
    }

    /// LINE's answer, if it was one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::RateLimited(refusal) | Self::TokenInvalid(refusal) => Some(refusal),
            Self::Unavailable(doubt) => match &**doubt {
                Doubt::Failed(refusal) => Some(refusal),
                Doubt::NoAnswer(_) => None,
            },
            _ => None,
        }
    }

    pub(super) fn of(answer: &Whole) -> Self {
        let refusal = Refusal::of(answer);
        match refusal.status {
            401 => Self::TokenInvalid(refusal.into()),
            429 => Self::RateLimited(refusal.into()),
            408 | 500..=599 => Self::Unavailable(Doubt::Failed(refusal).into()),
            _ => Self::Refused(refusal.into()),
        }
    }
}

impl From<NoAnswer> for CallError {
    fn from(error: NoAnswer) -> Self {
        Self::Unavailable(Box::new(error.into()))
    }
}

pub(super) fn header(answer: &Whole, name: &str) -> Option<Box<str>> {
    answer.headers.get(name)?.to_str().ok().map(Box::from)
}

/// The status decides that LINE took it; a list that cannot be read does not undo that.
fn sent_messages(answer: &Whole) -> Vec<SentMessage> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Wire {
        sent_messages: Vec<SentMessage>,
    }
    let body = answer.body.as_deref().unwrap_or_default();
    if body == b"{}" {
        return Vec::new();
    }
    serde_json::from_slice::<Wire>(body).unwrap_or_default().sent_messages
}
