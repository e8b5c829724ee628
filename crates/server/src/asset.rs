//! `GET /a/{key}/{file}`: the shop's pictures, films and sounds, as LINE's app fetches them, and files as customers open
//! them. The key cannot be guessed.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::asset::files::{self, Document, Found, Lasts};
use engine::asset::{Format, Key};
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

use crate::app::App;
use crate::error::{Code, Problem};

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/a/{key}/file", get(document))
        .route("/a/{key}/{file}", get(original))
        .route("/a/{key}/map/{width}", get(map))
}

/// Whether a file is being sent to us, which takes as long as the sender's line.
pub fn is_upload(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == "/api/v1/assets"
}

async fn original(State(app): State<App>, Path((key, file)): Path<(String, String)>, request: Request) -> Response {
    let Some(key) = Key::read(&key) else { return Code::NotFound.into_response() };
    let data = app.engine.settings.data_dir.clone();
    match tokio::task::spawn_blocking(move || files::find(&data, &key, &file)).await {
        Ok(found) => serve(found, request).await,
        Err(_) => Code::Internal.into_response(),
    }
}

/// What LINE has no message for. Browsers show a PDF; anything else goes to the disk, whatever it claims to be.
async fn document(State(app): State<App>, Path(key): Path<String>, request: Request) -> Response {
    let data = app.engine.settings.data_dir.clone();
    let found = tokio::task::spawn_blocking(move || files::document(&data, &Key::read(&key)?)).await;
    let Ok(Some(Document { found, name })) = found else {
        let sorry = "このファイルは、もう開けません。お店にお問い合わせください。 / This file is no longer available.";
        return (StatusCode::NOT_FOUND, sorry).into_response();
    };
    let shown = found.format == Format::Pdf;
    let mut response = serve(Some(found), request).await;
    let headers = response.headers_mut();
    if let Ok(called) = HeaderValue::from_str(&disposition(if shown { "inline" } else { "attachment" }, &name)) {
        headers.insert(CONTENT_DISPOSITION, called);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if shown {
        // A browser's own viewer is no page of ours, and does not start in a sandbox.
        headers.remove(CONTENT_SECURITY_POLICY);
    }
    response
}

/// RFC 6266, with the name as RFC 8187 writes what is not ASCII.
fn disposition(how: &str, name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut written = format!("{how}; filename*=UTF-8''");
    for byte in name.bytes() {
        match plain(byte) {
            true => written.push(char::from(byte)),
            false => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
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

/// With ranges, as players ask for them.
async fn serve(found: Option<Found>, request: Request) -> Response {
    const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
    let Some(Found { path, format, lasts }) = found else { return Code::NotFound.into_response() };
    let Ok(answer) = ServeFile::new(path).oneshot(request).await;
    if answer.status() == StatusCode::NOT_FOUND {
        return Code::NotFound.into_response();
    }
    let mut response = answer.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cached(lasts)));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    response
}

/// Asked for again, what has not changed costs a line.
const fn cached(lasts: Lasts) -> &'static str {
    match lasts {
        Lasts::Forever => "public, max-age=31536000, immutable",
        Lasts::UntilChanged => "public, no-cache",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_breaks_out_of_no_header() {
        assert_eq!(disposition("inline", "a b\".pdf"), "inline; filename*=UTF-8''a%20b%22.pdf");
        assert_eq!(disposition("attachment", "見\r\n"), "attachment; filename*=UTF-8''%E8%A6%8B%0D%0A");
    }
}
