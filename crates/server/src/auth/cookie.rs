//! The session cookie. `__Host-` (RFC 6265bis §4.1.3.2) wherever browsers come by https: no other host can set it.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use engine::access::secret::Secret;

use crate::app::App;

const SECURE_NAME: &str = "__Host-enishi";
const PLAIN_NAME: &str = "enishi";
/// The server decides when a session ends; the browser keeps the cookie for as long as browsers do (400 days).
const MAX_AGE_S: u32 = 400 * 24 * 3_600;

fn name(app: &App) -> &'static str {
    if app.is_https() { SECURE_NAME } else { PLAIN_NAME }
}

/// Sets the session.
pub fn session_cookie(app: &App, secret: &Secret) -> HeaderValue {
    header(app, secret.reveal(), MAX_AGE_S)
}

/// Removes it.
pub fn clear_cookie(app: &App) -> HeaderValue {
    header(app, "", 0)
}

fn header(app: &App, value: &str, max_age_s: u32) -> HeaderValue {
    let secure = if app.is_https() { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}", name(app));
    // Base64 and fixed words are always a valid header.
    let mut header = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}

/// The session's secret as the browser shows it.
pub fn shown_session(headers: &HeaderMap, app: &App) -> Option<String> {
    let wanted = name(app);
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && !value.is_empty() && value.len() <= 100)
        .map(|(_, value)| value.to_owned())
}
