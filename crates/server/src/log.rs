//! Request ids and one log line per request.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

/// Names one request in log, problem document and `x-request-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(u64, u64);

impl RequestId {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let now = u64::try_from(engine::clock::machine_ms()).unwrap_or(0);
        Self(now, number)
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}-{:x}", self.0, self.1)
    }
}

/// Middleware: gives the request its id and logs how it ended. Never logs queries, headers or bodies: they hold
/// names, tokens and messages.
pub async fn log(mut request: Request, next: Next) -> Response {
    let id = RequestId::next();
    request.extensions_mut().insert(id);
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned());
    let begun = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status().as_u16();
    let ms = begun.elapsed().as_millis();
    tracing::info!(request_id = %id, %method, path, status, ms, "request");
    metrics::counter!("http_requests", "method" => method.to_string(), "path" => path, "status" => status.to_string())
        .increment(1);
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}
