//! `POST /webhook/line/{channel_id}`: answered after the commit and before any work (promise 1).
//!
//! The path to the engine is short on purpose: LINE sends one call per event, thousands a second in a campaign. The
//! channel comes from memory, the signature is checked on the raw bytes, and the engine commits many calls at once.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use engine::event::ingest::IngestError;
use engine::ids::ChannelId;
use engine::workspace::Channel;
use secrecy::ExposeSecret;

use crate::app::App;

/// LINE does not say how large a webhook gets; a hundred events of the largest text are below 2 MB.
const BODY_MAX: usize = 2 * 1024 * 1024;

/// The route, without the layers of the API.
pub fn routes() -> Router<App> {
    Router::new().route("/webhook/line/{channel_id}", post(receive))
}

async fn receive(State(app): State<App>, Path(channel_id): Path<String>, request: Request<Body>) -> Response {
    let answer = take(&app, &channel_id, request).await;
    let status = answer.as_ref().err().copied().unwrap_or(StatusCode::OK);
    metrics::counter!("webhook_line", "status" => status_label(status)).increment(1);
    match status {
        StatusCode::SERVICE_UNAVAILABLE => (status, [(RETRY_AFTER, HeaderValue::from_static("1"))]).into_response(),
        status => status.into_response(),
    }
}

fn status_label(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200 => "200",
        400 => "400",
        401 => "401",
        404 => "404",
        413 => "413",
        503 => "503",
        _ => "other",
    }
}

async fn take(app: &App, channel_id: &str, request: Request<Body>) -> Result<(), StatusCode> {
    let id: ChannelId = channel_id.parse().map_err(|_| StatusCode::NOT_FOUND)?;
    let channel = app.engine.catalogs.channel(id).ok_or(StatusCode::NOT_FOUND)?;
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_MAX).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    if !is_signed(&channel, &parts.headers, &body) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    app.engine.pulses.beat(&channel, app.now_ms());
    app.engine.ingest.line(&channel, body.clone()).await.map_err(|error| match error {
        IngestError::NotJson(detail) => {
            tracing::warn!(channel = %channel.id, detail, "a signed webhook was not JSON");
            StatusCode::BAD_REQUEST
        }
        // 503 also when the database failed: LINE delivers again where the shop switched that on.
        IngestError::Full | IngestError::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
    })?;
    hand_on(app, &channel, &parts.headers, &body).await
}

/// 並走: the old tool's share is kept too before LINE is answered. Repeated, both know what they have.
async fn hand_on(app: &App, channel: &Channel, headers: &HeaderMap, body: &Bytes) -> Result<(), StatusCode> {
    let signature = headers.get(line::signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    engine::reception::keep(&app.engine, channel, signature, body).await.map_err(|error| {
        tracing::warn!(channel = %channel.id, %error, "a webhook could not be kept for the old tool");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

fn is_signed(channel: &Channel, headers: &HeaderMap, body: &Bytes) -> bool {
    let Some(signature) = headers.get(line::signature::HEADER).and_then(|value| value.to_str().ok()) else { return false };
    let secrets: Vec<&str> = channel.secrets.iter().map(|secret| secret.expose_secret()).collect();
    line::signature::verify(&secrets, body, signature)
}
