//! Channel access tokens of every kind.

use crate::answer::Answer;
use crate::api::login;
use crate::call::Call;
use crate::channel::Channel;
use crate::route::{Auth, Route};
use crate::token::{Grant, SHORT_LIFE_S, STATELESS_LIFE_S, TokenError, TokenKind, VALID_MAX};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

pub const ROUTES: &[Route] = &[
    Route::post("/oauth2/v2.1/token", "token", v2_1).auth(Auth::Open),
    Route::get("/oauth2/v2.1/verify", "token_verify", login::verify_access).auth(Auth::Open),
    Route::get("/oauth2/v2.1/tokens/kid", "token_kids", kids).auth(Auth::Open),
    Route::post("/oauth2/v2.1/revoke", "token_revoke", revoke_v2_1).auth(Auth::Open),
    Route::post("/oauth2/v3/token", "token", stateless).auth(Auth::Open),
    Route::post("/v2/oauth/accessToken", "token", short_lived).auth(Auth::Open),
    Route::post("/v2/oauth/verify", "token_verify", verify_short).auth(Auth::Open),
    Route::post("/v2/oauth/revoke", "token_revoke", revoke_short).auth(Auth::Open),
];

/// An assertion may be valid for half an hour, the token it asks for 30 days.
const ASSERTION_LIFE_S: i64 = 30 * 60;
const TOKEN_LIFE_MAX_S: i64 = 30 * 86_400;

/// `POST /oauth2/v2.1/token` serves channels (assertion) and people (LINE Login).
fn v2_1(call: &Call) -> Answer {
    match call.form("grant_type").as_deref() {
        Some("authorization_code") => login::exchange(call),
        Some("refresh_token") => login::refresh(call),
        Some("client_credentials") => assertion_token(call).unwrap_or_else(|answer| answer),
        _ => Answer::oauth(400, "unsupported_grant_type", "unsupported grant_type"),
    }
}

fn assertion_token(call: &Call) -> Result<Answer, Answer> {
    let (channel, wanted_s) = assertion(call, call.form("client_assertion"))?;
    let valid = call.world.tokens.valid(&channel, TokenKind::Assertion, call.now_ms).len();
    if valid >= VALID_MAX {
        return Err(Answer::error(400, "The maximum number of access tokens has already been issued"));
    }
    let key_id = URL_SAFE_NO_PAD.encode(&call.world.ids.wide().to_be_bytes()[..]);
    let life_s = wanted_s.unwrap_or(TOKEN_LIFE_MAX_S);
    let token = issue(call, &channel, TokenKind::Assertion, life_s, Some(key_id.clone()));
    Ok(Answer::ok(&json!({
        "access_token": token, "token_type": "Bearer", "expires_in": life_s, "key_id": key_id,
    })))
}

fn stateless(call: &Call) -> Answer {
    let channel = if call.form("client_assertion").is_some() {
        match assertion(call, call.form("client_assertion")) {
            Ok((channel, _)) => channel,
            Err(answer) => return answer,
        }
    } else {
        let invalid = || Answer::oauth(400, "invalid_request", "Invalid 'client_credentials'.");
        if call.form("grant_type").as_deref() != Some("client_credentials") {
            return invalid();
        }
        match client(call) {
            Ok(channel) => channel,
            Err(_) => return invalid(),
        }
    };
    let token = issue(call, &channel, TokenKind::Stateless, STATELESS_LIFE_S, None);
    Answer::ok(&json!({ "token_type": "Bearer", "access_token": token, "expires_in": STATELESS_LIFE_S }))
}

fn short_lived(call: &Call) -> Answer {
    if call.form("grant_type").as_deref() != Some("client_credentials") {
        return Answer::oauth(400, "unsupported_grant_type", "unsupported grant_type");
    }
    match client(call) {
        Ok(channel) => {
            let token = issue(call, &channel, TokenKind::ShortLived, SHORT_LIFE_S, None);
            Answer::ok(&json!({ "access_token": token, "expires_in": SHORT_LIFE_S, "token_type": "Bearer" }))
        }
        Err(WrongClient::Id) => Answer::oauth(400, "invalid_client", "invalid client_id"),
        Err(WrongClient::Secret) => Answer::oauth(400, "invalid_client", "invalid client_secret"),
    }
}

/// What is wrong with `client_id` and `client_secret`.
pub enum WrongClient {
    Id,
    Secret,
}

/// The channel named and proved by the form.
pub fn client(call: &Call) -> Result<Arc<Channel>, WrongClient> {
    let channel = call.form("client_id").and_then(|id| call.world.channel(&id)).ok_or(WrongClient::Id)?;
    if call.form("client_secret").is_some_and(|secret| secret == channel.secret()) {
        Ok(channel)
    } else {
        Err(WrongClient::Secret)
    }
}

fn issue(call: &Call, channel: &Arc<Channel>, kind: TokenKind, life_s: i64, key_id: Option<String>) -> String {
    let ids = &call.world.ids;
    let token = match kind {
        // Those kinds are JWS on LINE's side: three parts, opaque to everybody else.
        TokenKind::Assertion | TokenKind::Stateless => {
            let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
            format!("{header}.{}.{}", ids.hex(), ids.hex())
        }
        _ => format!("{}{}{}=", ids.hex(), ids.hex(), ids.hex()),
    };
    let grant = Grant {
        kind,
        channel: channel.clone(),
        expires_ms: call.now_ms + life_s * 1000,
        person: None,
        scope: String::new(),
        key_id,
        serial: ids.serial(),
    };
    call.world.tokens.enter(&token, grant, call.now_ms);
    token
}

#[derive(Deserialize)]
struct AssertionHeader {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    exp: i64,
    token_exp: Option<i64>,
}

/// Checks a signed assertion; answers its channel and the wished life of the token in seconds.
fn assertion(call: &Call, jwt: Option<String>) -> Result<(Arc<Channel>, Option<i64>), Answer> {
    let invalid = |text: &str| Answer::oauth(400, "invalid_client", text);
    let jwt = jwt.ok_or_else(|| Answer::oauth(400, "invalid_request", "client_assertion is required"))?;
    let mut parts = jwt.splitn(3, '.');
    let (Some(head), Some(body), Some(signature)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(invalid("Invalid client_assertion"));
    };
    let header: AssertionHeader = decode(head).ok_or_else(|| invalid("Invalid client_assertion"))?;
    let claims: Claims = decode(body).ok_or_else(|| invalid("Invalid client_assertion"))?;
    if claims.iss != claims.sub {
        return Err(invalid("iss and clientId of key do not match"));
    }
    let no_key = || Answer::error(404, "Cannot find channel key that satisfies the conditions");
    let channel = call.world.channel(&claims.iss).ok_or_else(no_key)?;
    let key = {
        let settings = channel.settings.read();
        settings.assertion_keys.iter().find(|(kid, _)| *kid == header.kid).map(|(_, jwk)| jwk.clone())
    };
    let key = key.filter(|_| header.alg == "RS256").ok_or_else(no_key)?;
    let signed = &jwt[..head.len() + 1 + body.len()];
    if !signature_holds(&key, signed, signature) {
        return Err(invalid("Invalid signature"));
    }
    let audience = "https://api.line.me/";
    let aimed = claims.aud == audience || claims.aud.as_array().is_some_and(|list| list.iter().any(|a| a == audience));
    if !aimed {
        return Err(invalid("Invalid aud"));
    }
    let now_s = call.now_ms / 1000;
    if claims.exp <= now_s || claims.exp > now_s + ASSERTION_LIFE_S {
        return Err(invalid("Invalid exp"));
    }
    if claims.token_exp.is_some_and(|life| !(1..=TOKEN_LIFE_MAX_S).contains(&life)) {
        return Err(invalid("Invalid token_exp"));
    }
    Ok((channel, claims.token_exp))
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

/// RS256 by the public JWK.
fn signature_holds(jwk: &Value, signed: &str, signature: &str) -> bool {
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap_or_default()).ok();
    let (Some(n), Some(e)) = (number("n"), number("e")) else {
        return false;
    };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
        return false;
    };
    RsaPublicKeyComponents { n: &n, e: &e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature).is_ok()
}

fn kids(call: &Call) -> Answer {
    match assertion(call, call.param("client_assertion")) {
        Ok((channel, _)) => {
            let mut valid = call.world.tokens.valid(&channel, TokenKind::Assertion, call.now_ms);
            valid.sort_by_key(|grant| grant.serial);
            let kids: Vec<&str> = valid.iter().filter_map(|grant| grant.key_id.as_deref()).collect();
            Answer::ok(&json!({ "kids": kids }))
        }
        Err(answer) => answer,
    }
}

fn revoke_v2_1(call: &Call) -> Answer {
    let Some(token) = call.form("access_token") else {
        return Answer::oauth(400, "invalid_request", "The access token malformed");
    };
    if token.split('.').count() != 3 {
        return Answer::oauth(400, "invalid_request", "The access token not JWS");
    }
    match client(call) {
        Ok(_) => {
            call.world.tokens.revoke(&token);
            Answer::bare(200)
        }
        Err(_) => Answer::oauth(400, "invalid_client", "invalid client_secret"),
    }
}

fn verify_short(call: &Call) -> Answer {
    let Some(token) = call.form("access_token").filter(|t| !t.contains(char::is_whitespace)) else {
        return Answer::oauth(400, "invalid_request", "access_token in invalid format");
    };
    match call.world.tokens.find(&token, call.now_ms) {
        Ok(grant) => Answer::ok(&json!({
            "client_id": grant.channel.id,
            "expires_in": (grant.expires_ms.min(call.now_ms + TOKEN_LIFE_MAX_S * 1000) - call.now_ms) / 1000,
            "scope": "P CM",
        })),
        Err(TokenError::Unknown | TokenError::Expired) => Answer::oauth(400, "invalid_request", "access_token invalid"),
    }
}

fn revoke_short(call: &Call) -> Answer {
    match call.form("access_token") {
        Some(token) => {
            call.world.tokens.revoke(&token);
            Answer::bare(200)
        }
        None => Answer::json(400, &json!({ "error": "invalid_request" })),
    }
}
