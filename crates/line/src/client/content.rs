//! The bytes of what users sent. Fetch them at once: LINE promises no time for which it keeps
//! them, and after an unsend they are gone.

use super::transport::{Whole, read};
use super::{AccessToken, Answer, Call, CallError, CallResult, Client, NoAnswer};
use crate::endpoint::{self, Endpoint};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::StatusCode;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde::Deserialize;
use std::time::Duration;

/// What became of the wish for a message's bytes.
#[derive(Debug)]
pub enum Content {
    /// Here they come.
    Ready(Download),
    /// LINE still prepares a long video or audio (202): ask again later, or
    /// [`Client::transcoding`] until then.
    Preparing,
    /// The user took the message back (410), or LINE does not keep it any more (404).
    Gone,
}

/// Bytes on their way.
#[derive(Debug)]
pub struct Download {
    /// Content type as LINE gives it; from a foreign device, so not to be trusted.
    pub content_type: Option<String>,
    /// Length, if LINE said.
    pub length: Option<u64>,
    body: Incoming,
    limit: Duration,
}

impl Download {
    /// The next piece; none at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NoAnswer> {
        loop {
            let next = tokio::time::timeout(self.limit, self.body.frame()).await;
            match next.map_err(|_elapsed| NoAnswer::TimedOut(self.limit))? {
                None => return Ok(None),
                Some(Err(error)) => return Err(NoAnswer::Lost(error.to_string())),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// All of it, unless it is longer than `max` bytes.
    pub async fn bytes(mut self, max: usize) -> Result<Bytes, CallError> {
        let mut all = bytes::BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            if all.len() + piece.len() > max {
                let problem = format!("the content is longer than {max} bytes");
                return Err(CallError::Unreadable { problem, request_id: None });
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

/// Whether the bytes of a video or audio are ready.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Transcoding {
    /// `processing`, `succeeded` or `failed`.
    pub status: String,
}

impl Client {
    /// The bytes of a picture, video, audio or file a user sent.
    pub async fn content(&self, token: &AccessToken, message_id: &str) -> CallResult<Content> {
        self.download(endpoint::CONTENT, token, message_id).await
    }

    /// A smaller picture of a picture or video.
    pub async fn content_preview(&self, token: &AccessToken, message_id: &str) -> CallResult<Content> {
        self.download(endpoint::CONTENT_PREVIEW, token, message_id).await
    }

    /// Whether the bytes of a video or audio are ready.
    pub async fn transcoding(&self, token: &AccessToken, message_id: &str) -> CallResult<Transcoding> {
        self.get(Call::at(endpoint::CONTENT_TRANSCODING, &[message_id])?.token(token)).await
    }

    pub(super) async fn download(&self, endpoint: Endpoint, token: &AccessToken, id: &str) -> CallResult<Content> {
        let call = Call::at(endpoint, &[id])?.token(token);
        let request = self.request(call).map_err(|error| CallError::NotMade(error.to_string()))?;
        let (parts, body) = self.http.open(request).await?.into_parts();
        let text = |name| {
            let value: Option<&hyper::header::HeaderValue> = parts.headers.get(name);
            value.and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let value = match parts.status {
            StatusCode::OK => Content::Ready(Download {
                content_type: text(CONTENT_TYPE),
                length: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
                body,
                limit: self.http.options.chunk_timeout,
            }),
            StatusCode::ACCEPTED => Content::Preparing,
            StatusCode::GONE | StatusCode::NOT_FOUND => Content::Gone,
            status => {
                let limit = self.http.options.chunk_timeout;
                let read = tokio::time::timeout(limit, read(body, super::MAX_ANSWER)).await;
                let body = read.ok().flatten();
                return Err(CallError::of(&Whole { status, headers: parts.headers, body }));
            }
        };
        let request_id = parts.headers.get("x-line-request-id");
        Ok(Answer { value, request_id: request_id.and_then(|id| id.to_str().ok()).map(Box::from) })
    }
}
