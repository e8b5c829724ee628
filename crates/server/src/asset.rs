//! `GET /a/{key}/{file}`: the shop's pictures, films and sounds, as LINE's app fetches them. The key cannot be guessed.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::asset::Key;
use engine::asset::files::{self, Found};
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use crate::app::App;
use crate::error::{Code, Problem};

/// The routes.
pub fn routes() -> Router<App> {
    Router::new().route("/a/{key}/{file}", get(original)).route("/a/{key}/map/{width}", get(map))
}

/// Whether a file is being sent to us, which takes as long as the sender's line.
pub fn is_upload(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == "/api/v1/assets"
}

async fn original(State(app): State<App>, Path((key, file)): Path<(String, String)>, request: Request) -> Response {
    let found = Key::read(&key).and_then(|key| files::find(&app.engine.settings.data_dir, &key, &file));
    serve(found, request).await
}

/// A picture at one of the widths of an imagemap; drawn when first asked for.
async fn map(State(app): State<App>, Path((key, width)): Path<(String, String)>, request: Request) -> Response {
    let (Some(key), Ok(width)) = (Key::read(&key), width.parse::<u32>()) else { return Code::NotFound.into_response() };
    let Ok(_permit) = app.drawing.acquire().await else { return Code::Internal.into_response() };
    let data = app.engine.settings.data_dir.clone();
    match tokio::task::spawn_blocking(move || files::map(&data, &key, width)).await {
        Ok(Ok(found)) => serve(found, request).await,
        Ok(Err(error)) => Problem::from(error).into_response(),
        Err(_) => Code::Internal.into_response(),
    }
}

/// With ranges, as players ask for them. What lies at a key never changes.
async fn serve(found: Option<Found>, request: Request) -> Response {
    const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
    let Some(Found { path, format }) = found else { return Code::NotFound.into_response() };
    let Ok(answer) = ServeFile::new(path).oneshot(request).await;
    if answer.status() == StatusCode::NOT_FOUND {
        return Code::NotFound.into_response();
    }
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    response
}
