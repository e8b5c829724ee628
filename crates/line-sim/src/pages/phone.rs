//! The phone page, built from `web/phone` and embedded.

use super::html;
use crate::answer::Answer;
use rust_embed::RustEmbed;

/// The folder may be empty: the crate compiles before the page is built (see `build.rs`).
#[derive(RustEmbed)]
#[folder = "../../web/phone/dist"]
struct Built;

/// Whether the page was there at compile time.
pub fn is_built() -> bool {
    Built::get("index.html").is_some()
}

/// A file of the page, or the page itself; `None` for paths that are not its.
pub fn page(path: &str) -> Option<Answer> {
    let file = match path {
        "/" | "/phone" | "/phone/" => "index.html",
        other => other.strip_prefix("/phone/")?,
    };
    match Built::get(file) {
        Some(found) => {
            // Vite names assets by their hash; the page itself must stay fresh.
            let cache = if file == "index.html" { "no-cache" } else { "public, max-age=31536000, immutable" };
            Some(Answer::new(200, mime(file), found.data.into_owned()).header("cache-control", cache))
        }
        None if file == "index.html" => Some(Answer::html(html::page("スマートフォン", NOT_BUILT))),
        // A page of the single-page application.
        None if !file.contains('.') => page("/phone"),
        None => None,
    }
}

const NOT_BUILT: &str = "<h1>画面がまだビルドされていません</h1>\
<p>リポジトリの <code>web</code> で <code>npm ci &amp;&amp; npm run build</code> を実行し、もう一度ビルドしてください。</p>\
<p class=\"soft\">The phone page was not built when this program was compiled. The API under /__sim/ works.</p>";

fn mime(file: &str) -> &'static str {
    match file.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        _ => "application/octet-stream",
    }
}
