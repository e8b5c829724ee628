//! One call over HTTP: connection pool, time limits, size limits, and what exactly went wrong.
//!
//! HTTP/1.1 only, with as many kept-alive connections as there are calls at once. Over HTTP/2 a
//! host would get one connection, and its limit of concurrent streams (often about 100) would hold
//! the calls below LINE's own rate as soon as answers take longer than 50 ms.

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::time::Duration;

/// How long to wait and how much to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpOptions {
    /// For TCP to stand; TLS counts towards the whole call.
    pub connect_timeout: Duration,
    /// For a whole call: connection, request, answer.
    pub call_timeout: Duration,
    /// Between two pieces of a long download.
    pub chunk_timeout: Duration,
    /// For the upload of a file of user ids; LINE advises 30 s at least.
    pub upload_timeout: Duration,
    /// After which an unused connection is closed.
    pub idle_timeout: Duration,
    /// Unused connections kept per host; at least the number of calls at once.
    pub max_idle_per_host: usize,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            call_timeout: Duration::from_secs(10),
            chunk_timeout: Duration::from_secs(20),
            upload_timeout: Duration::from_secs(120),
            idle_timeout: Duration::from_secs(50),
            max_idle_per_host: 1_024,
        }
    }
}

/// The connection pool; cheap to clone, shared by all channels.
#[derive(Clone, Debug)]
pub struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    pub(crate) options: HttpOptions,
}

/// The machine's certificates cannot be read, so LINE's cannot be checked.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up; are the CA certificates (ca-certificates) installed? {0}")]
pub struct TlsUnavailable(String);

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Whole {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// None: the status came, but the body broke off or was too large.
    pub body: Option<Bytes>,
}

/// A call that brought no status. Whether LINE acted on it is known only for
/// [`NotSent`](Self::NotSent).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// No connection stood: nothing reached LINE.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The time ran out; LINE may or may not have acted.
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// The connection broke before an answer; LINE may or may not have acted.
    #[error("connection lost before an answer: {0}")]
    Lost(String),
}

impl Http {
    /// A pool with the machine's certificates and rustls.
    pub fn new(options: HttpOptions) -> Result<Self, TlsUnavailable> {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(options.connect_timeout));
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        let tls = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_platform_verifier(rustls::crypto::ring::default_provider())
            .map_err(|error| TlsUnavailable(error.to_string()))?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(options.idle_timeout)
            .pool_max_idle_per_host(options.max_idle_per_host)
            .build(tls);
        Ok(Self { client, options })
    }

    /// Makes the call and reads the answer up to `max_body` bytes.
    pub(crate) async fn whole(&self, request: Request<Full<Bytes>>, limit: Duration, max_body: usize) -> Result<Whole, NoAnswer> {
        let mut head = None;
        let answered = tokio::time::timeout(limit, async {
            let response = self.client.request(request).await.map_err(no_answer)?;
            let (parts, body) = response.into_parts();
            head = Some((parts.status, parts.headers));
            Ok(read(body, max_body).await)
        })
        .await;
        let body = match answered {
            Ok(Ok(body)) => body,
            Ok(Err(error)) => return Err(error),
            Err(_elapsed) => None,
        };
        match head {
            Some((status, headers)) => Ok(Whole { status, headers, body }),
            None => Err(NoAnswer::TimedOut(limit)),
        }
    }

    /// Makes the call and hands over the answer as soon as its head is there.
    pub(crate) async fn open(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, NoAnswer> {
        let limit = self.options.call_timeout;
        match tokio::time::timeout(limit, self.client.request(request)).await {
            Ok(answer) => answer.map_err(no_answer),
            Err(_elapsed) => Err(NoAnswer::TimedOut(limit)),
        }
    }
}

fn no_answer(error: hyper_util::client::legacy::Error) -> NoAnswer {
    let text = error_chain(&error);
    if error.is_connect() { NoAnswer::NotSent(text) } else { NoAnswer::Lost(text) }
}

fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// The body, without a copy when it came in one piece, as LINE's short answers do.
pub(crate) async fn read(mut body: Incoming, max: usize) -> Option<Bytes> {
    let mut first = Bytes::new();
    let mut joined: Option<BytesMut> = None;
    while !body.is_end_stream() {
        let Some(frame) = body.frame().await else {
            break;
        };
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        match &mut joined {
            Some(buffer) => buffer.extend_from_slice(&data),
            None if first.is_empty() => first = data,
            None => {
                let mut buffer = BytesMut::with_capacity(first.len() + data.len());
                buffer.extend_from_slice(&first);
                buffer.extend_from_slice(&data);
                joined = Some(buffer);
            }
        }
        if joined.as_ref().map_or(first.len(), BytesMut::len) > max {
            return None;
        }
    }
    Some(joined.map_or(first, BytesMut::freeze))
}
