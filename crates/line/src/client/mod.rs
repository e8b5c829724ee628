//! Talking to LINE: one way for every call, and the calls by subject.
//!
//! A send takes a body that is already fixed ([`body`](crate::body) makes them) and answers with
//! an [`Outcome`]: what the caller may do next. Every other call answers with [`Answer`] or a
//! [`CallError`]. LINE's request id is kept in all of them. Nothing here waits for rate limits,
//! repeats a call or reads a clock: that is for the caller, who knows what is at stake.

mod account;
mod audience;
mod content;
mod coupon;
mod hosts;
mod insight;
mod liff;
mod login;
mod membership;
mod menu;
mod outcome;
mod pnp;
mod send;
mod tokens;
mod transport;
mod users;

pub use account::*;
pub use audience::*;
pub use content::*;
pub use coupon::*;
pub use hosts::{BadBaseUrl, BaseUrl, Hosts};
pub use insight::*;
pub use liff::*;
pub use login::*;
pub use membership::*;
pub use menu::*;
pub use outcome::{Accepted, AcceptedAlready, CallError, Doubt, ErrorDetail, Outcome, Refusal, SentMessage};
pub use pnp::*;
pub use send::*;
pub use tokens::*;
pub use transport::{Http, HttpOptions, NoAnswer, TlsUnavailable};
pub use users::*;

use crate::endpoint::{Endpoint, Method};
use bytes::Bytes;
use hosts::PathOf;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use outcome::header;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;
use transport::Whole;
use uuid::Uuid;

/// Larger answers are refused unread; the longest known, 1,000 user ids, is 40 KB.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

const RETRY_KEY: HeaderName = HeaderName::from_static("x-line-retry-key");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("enishi/", env!("CARGO_PKG_VERSION")));

/// Calls LINE. Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct Client {
    hosts: Hosts,
    http: Http,
}

/// A channel's or a user's access token, ready for the header; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(HeaderValue);

/// The text is no token: it has characters that cannot stand in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token contains characters that no token has")]
pub struct BadToken;

impl AccessToken {
    /// Takes the token without `Bearer`.
    pub fn new(token: &str) -> Result<Self, BadToken> {
        let token = token.trim();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadToken);
        }
        let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| BadToken)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    /// The token as text, for the calls that take it as a parameter.
    pub(crate) fn secret(&self) -> &str {
        self.0.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// What LINE answered to a call that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// The answer.
    pub value: T,
    /// LINE's id of the request.
    pub request_id: Option<Box<str>>,
}

/// What every call of this crate but a send gives.
pub type CallResult<T> = Result<Answer<T>, CallError>;

/// Refuses what LINE would refuse, before it costs a call.
fn at_most(what: &str, count: usize, max: usize) -> Result<(), CallError> {
    if count <= max {
        return Ok(());
    }
    Err(CallError::NotMade(format!("{what}: {count}, but LINE takes at most {max} at once")))
}

/// One call before it is made.
struct Call<'a> {
    endpoint: Endpoint,
    path: Option<String>,
    token: Option<&'a AccessToken>,
    retry_key: Option<Uuid>,
    extra_header: Option<(HeaderName, HeaderValue)>,
    content_type: Option<HeaderValue>,
    body: Bytes,
    timeout: Option<Duration>,
}

impl<'a> Call<'a> {
    fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint,
            path: None,
            token: None,
            retry_key: None,
            extra_header: None,
            content_type: None,
            body: Bytes::new(),
            timeout: None,
        }
    }

    /// Puts values into the path.
    fn at(endpoint: Endpoint, values: &[&str]) -> Result<Self, CallError> {
        let path = endpoint.path_with(values).map_err(|error| CallError::NotMade(error.to_string()))?;
        Ok(Self { path: Some(path), ..Self::new(endpoint) })
    }

    fn token(mut self, token: &'a AccessToken) -> Self {
        self.token = Some(token);
        self
    }

    /// Adds parameters behind the path; those without a value are left out.
    fn query(mut self, pairs: &[(&str, Option<&str>)]) -> Self {
        let mut path = self.path.take().unwrap_or_else(|| self.endpoint.path.to_owned());
        let mut sign = '?';
        for (name, value) in pairs {
            let Some(value) = value else { continue };
            path.push(sign);
            path.push_str(name);
            path.push('=');
            crate::endpoint::push_encoded(&mut path, value);
            sign = '&';
        }
        self.path = Some(path);
        self
    }

    fn raw(mut self, content_type: HeaderValue, body: Bytes) -> Self {
        self.content_type = Some(content_type);
        self.body = body;
        self
    }

    fn json(self, body: &impl Serialize) -> Result<Self, CallError> {
        let body = serde_json::to_vec(body).map_err(|error| CallError::NotMade(error.to_string()))?;
        Ok(self.raw(JSON, body.into()))
    }

    fn form(self, pairs: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.raw(FORM, body.into())
    }
}

impl Client {
    /// A client for these hosts over this pool.
    pub fn new(hosts: Hosts, http: Http) -> Self {
        Self { hosts, http }
    }

    /// Where it calls.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    fn request(&self, call: Call<'_>) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let path = call.path.map_or(PathOf::Fixed(call.endpoint.path), PathOf::Made);
        let mut request = Request::builder()
            .method(call.endpoint.method.as_str())
            .uri(self.hosts.base(call.endpoint.host).uri(path)?)
            .header(USER_AGENT, AGENT);
        if let Some(token) = call.token {
            request = request.header(AUTHORIZATION, &token.0);
        }
        if let Some(key) = call.retry_key {
            let mut text = Uuid::encode_buffer();
            let key: &str = key.hyphenated().encode_lower(&mut text);
            request = request.header(RETRY_KEY, key);
        }
        if let Some((name, value)) = call.extra_header {
            request = request.header(name, value);
        }
        if let Some(content_type) = call.content_type {
            request = request.header(CONTENT_TYPE, content_type);
        } else if call.endpoint.method != Method::Get {
            // LINE's gateway wants a length even where there is no body.
            request = request.header(hyper::header::CONTENT_LENGTH, "0");
        }
        request.body(Full::new(call.body))
    }

    async fn whole(&self, call: Call<'_>) -> Result<Whole, CallError> {
        let limit = call.timeout.unwrap_or(self.http.options.call_timeout);
        let endpoint = call.endpoint;
        let request = self.request(call).map_err(|error| CallError::NotMade(error.to_string()))?;
        let answer = self.http.whole(request, limit, MAX_ANSWER).await?;
        tracing::debug!(
            method = endpoint.method.as_str(),
            path = endpoint.path,
            status = answer.status.as_u16(),
            line_request_id = header(&answer, "x-line-request-id").as_deref(),
            "LINE answered"
        );
        Ok(answer)
    }

    /// A call that answers JSON.
    async fn get<T: DeserializeOwned>(&self, call: Call<'_>) -> CallResult<T> {
        let answer = self.whole(call).await?;
        if !answer.status.is_success() {
            return Err(CallError::of(&answer));
        }
        let request_id = header(&answer, "x-line-request-id");
        let body = match answer.body {
            Some(body) => body,
            None => {
                let problem = "the answer broke off or is too large".to_owned();
                return Err(CallError::Unreadable { problem, request_id });
            }
        };
        match serde_json::from_slice(&body) {
            Ok(value) => Ok(Answer { value, request_id }),
            Err(error) => Err(CallError::Unreadable { problem: error.to_string(), request_id }),
        }
    }

    /// A call whose success says everything.
    async fn done(&self, call: Call<'_>) -> CallResult<()> {
        let answer = self.whole(call).await?;
        if !answer.status.is_success() {
            return Err(CallError::of(&answer));
        }
        Ok(Answer { value: (), request_id: header(&answer, "x-line-request-id") })
    }
}
