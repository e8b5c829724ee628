//! The built admin pages, inside the binary. Hashed files are kept by browsers for ever, the index is asked again.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::app::App;

#[derive(RustEmbed)]
#[folder = "../../web/admin/dist/"]
struct Dist;

/// No inline scripts, nothing from elsewhere but pictures (LINE's profile pictures), in no frame.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob: https:; media-src 'self' blob: https:; style-src 'self' 'unsafe-inline'; \
    script-src 'self'; connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/admin/") }))
        .route("/admin", get(|| async { Redirect::to("/admin/") }))
        .route("/admin/", get(|headers: HeaderMap| async move { page("index.html", &headers) }))
        .route("/admin/{*path}", get(|Path(path): Path<String>, headers: HeaderMap| async move { page(&path, &headers) }))
}

fn page(path: &str, headers: &HeaderMap) -> Response {
    if let Some(response) = file(path, headers) {
        return response;
    }
    // A path of the pages' own router; a missing file is missing.
    let is_file = path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if is_file && path != "index.html" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = file("index.html", headers).unwrap_or_else(not_built);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn not_built() -> Response {
    Html(
        "<!doctype html><html lang=ja><meta charset=utf-8><title>Enishi</title>\
         <h1>管理画面はまだ組み立てられていません</h1>\
         <p><code>npm --prefix web ci &amp;&amp; npm --prefix web run build -w admin</code> のあと、もう一度サーバーを組み立ててください。</p>\
         <p lang=en>The admin pages are not built. Run the command above, then build the server again.</p></html>",
    )
    .into_response()
}

/// The file, compressed as the browser likes and as the build prepared it.
fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = Dist::get(path)?;
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let packed = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(name, _)| accepts(accepted, name))
        .find_map(|(name, suffix)| Some((name, Dist::get(&format!("{path}{suffix}"))?)));
    let (encoding, content) = packed.map_or((None, plain), |(name, file)| (Some(name), file));
    Some(answer(path, encoding, content, headers))
}

fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let (name, weight) = part.trim().split_once(';').unwrap_or((part.trim(), ""));
        name.eq_ignore_ascii_case(encoding) && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}

fn answer(path: &str, encoding: Option<&'static str>, content: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}{}\"", hex::encode(&content.metadata.sha256_hash()[..12]), encoding.unwrap_or(""));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|tags| tags.contains(&tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { content.data.into_owned().into_response() };
    let out = response.headers_mut();
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    out.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(ETAG, tag);
    }
    if let Some(encoding) = encoding {
        out.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if path.ends_with(".html") {
        out.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert!(accepts("gzip, br;q=0.9", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("", "gzip"));
    }
}
