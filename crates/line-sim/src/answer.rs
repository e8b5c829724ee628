//! Answers in LINE's words.

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::mpsc;

/// One property's complaint inside an error body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Detail {
    pub message: String,
    pub property: String,
}

/// What goes out as body.
#[derive(Debug)]
pub enum Payload {
    Full(Bytes),
    /// Chunks as they become ready: SSE and the long ledgers.
    Stream(mpsc::Receiver<Bytes>),
}

/// An answer before the server adds its request id.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub payload: Payload,
}

const JSON: &str = "application/json";
static EMPTY_OBJECT: &[u8] = b"{}";

impl Answer {
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
        Answer { status, content_type, headers: Vec::new(), payload: Payload::Full(body.into()) }
    }

    /// 200 `{}`.
    pub fn empty() -> Answer {
        Answer::new(200, JSON, Bytes::from_static(EMPTY_OBJECT))
    }

    /// 202 `{}`.
    pub fn accepted() -> Answer {
        Answer::new(202, JSON, Bytes::from_static(EMPTY_OBJECT))
    }

    /// A status with nothing behind it.
    pub fn bare(status: u16) -> Answer {
        Answer::new(status, JSON, Bytes::new())
    }

    pub fn ok(body: &impl Serialize) -> Answer {
        Answer::json(200, body)
    }

    pub fn json(status: u16, body: &impl Serialize) -> Answer {
        Answer::new(status, JSON, serde_json::to_vec(body).unwrap_or_default())
    }

    pub fn html(body: String) -> Answer {
        Answer::new(200, "text/html; charset=utf-8", body)
    }

    pub fn redirect(to: &str) -> Answer {
        Answer::bare(302).header("location", to)
    }

    pub fn stream(content_type: &'static str, chunks: mpsc::Receiver<Bytes>) -> Answer {
        Answer { status: 200, content_type, headers: Vec::new(), payload: Payload::Stream(chunks) }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }

    /// `{"message": …}`.
    pub fn error(status: u16, message: &str) -> Answer {
        Answer::json(status, &serde_json::json!({ "message": message }))
    }

    /// `{"message": …, "details": []}`: the rich menu endpoints write the empty list out.
    pub fn error_bare_details(status: u16, message: &str) -> Answer {
        Answer::json(status, &serde_json::json!({ "message": message, "details": [] }))
    }

    /// 400 `The request body has n error(s)` with its details.
    pub fn invalid(details: &[Detail]) -> Answer {
        Answer::details(400, &format!("The request body has {} error(s)", details.len()), details)
    }

    pub fn details(status: u16, message: &str, details: &[Detail]) -> Answer {
        Answer::json(status, &serde_json::json!({ "message": message, "details": details }))
    }

    /// [`Answer::invalid`] with a single complaint.
    pub fn invalid_one(message: &str, property: &str) -> Answer {
        Answer::invalid(&[Detail { message: message.into(), property: property.into() }])
    }

    pub fn not_found() -> Answer {
        Answer::error(404, "Not found")
    }

    /// 400 for a property whose value names nothing usable.
    pub fn bad_property(property: &str) -> Answer {
        let text = format!("The property, {property}, in the request body is invalid (line: -, column: -)");
        Answer::error(400, &text)
    }

    /// 400 for a path or query parameter.
    pub fn bad_parameter(name: &str) -> Answer {
        Answer::error(400, &format!("The value for the '{name}' parameter is invalid"))
    }

    /// 400 for a body that is not JSON.
    pub fn bad_json(error: &serde_json::Error) -> Answer {
        let text = format!("The request body could not be parsed as JSON (line: {}, column: {})", error.line(), error.column());
        Answer::error(400, &text)
    }

    pub fn unauthorized(reason: &str) -> Answer {
        Answer::error(401, &format!("Authentication failed due to the following reason: {reason}"))
    }

    pub fn rate_limited() -> Answer {
        Answer::error(429, "The API rate limit has been exceeded. Try again later.")
    }

    pub fn monthly_limit() -> Answer {
        Answer::error(429, "You have reached your monthly limit.")
    }

    pub fn forbidden() -> Answer {
        Answer::error(403, "Access to this API is not available for your account")
    }

    /// OAuth's own error shape (RFC 6749 §5.2).
    pub fn oauth(status: u16, error: &str, description: &str) -> Answer {
        Answer::json(status, &serde_json::json!({ "error": error, "error_description": description }))
    }

    /// An error of the simulator's own API.
    pub fn sim_error(status: u16, text: impl Into<String>) -> Answer {
        Answer::json(status, &serde_json::json!({ "error": text.into() }))
    }

    /// The body, where it is not a stream.
    pub fn body(&self) -> &[u8] {
        match &self.payload {
            Payload::Full(bytes) => bytes,
            Payload::Stream(_) => &[],
        }
    }
}
