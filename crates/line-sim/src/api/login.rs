//! LINE Login v2.1: codes, tokens, ID tokens, what services may ask about a person.

use crate::answer::Answer;
use crate::api::oauth::client;
use crate::call::Call;
use crate::channel::{Channel, Standing};
use crate::idtoken::{IdTokenError, Signer};
use crate::people::Person;
use crate::route::{Auth, Host, Route};
use crate::sync::Lock;
use crate::token::{Grant, LIFF_LIFE_S, TokenError, TokenKind, USER_LIFE_S};
use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

pub const ROUTES: &[Route] = &[
    Route::post("/oauth2/v2.1/verify", "id_token_verify", verify_id).auth(Auth::Open),
    Route::get("/oauth2/v2.1/userinfo", "userinfo", userinfo).auth(Auth::User).unlimited(),
    Route::post("/oauth2/v2.1/userinfo", "userinfo", userinfo).auth(Auth::User).unlimited(),
    Route::get("/oauth2/v2.1/certs", "certs", certs).auth(Auth::Open),
    Route::get("/.well-known/openid-configuration", "openid", openid).host(Host::Access).auth(Auth::Open),
    Route::get("/v2/profile", "login_profile", profile).auth(Auth::User).unlimited(),
    Route::get("/friendship/v1/status", "friendship", friendship).auth(Auth::User).unlimited(),
    Route::post("/user/v1/deauthorize", "deauthorize", deauthorize).auth(Auth::Login),
];

const CODE_LIFE_MS: i64 = 10 * 60_000;
const REFRESH_LIFE_MS: i64 = 90 * 86_400_000;

/// An authorization a person gave.
#[derive(Clone)]
pub struct Authorization {
    pub channel: Arc<Channel>,
    pub person: Person,
    pub scope: String,
    pub nonce: Option<String>,
    pub redirect_uri: String,
    /// `code_challenge` (S256).
    pub challenge: Option<String>,
}

/// Codes, refresh tokens, and the key of ES256 tokens.
pub struct Logins {
    codes: Lock<HashMap<String, (Authorization, i64)>>,
    refresh: Lock<HashMap<String, (Authorization, i64)>>,
    pub signer: Signer,
}

impl Logins {
    pub fn new(seed: u64) -> Logins {
        Logins { codes: Lock::default(), refresh: Lock::default(), signer: Signer::new(seed) }
    }

    pub fn clear(&self) {
        self.codes.lock().clear();
        self.refresh.lock().clear();
    }

    /// A code that can be exchanged once within ten minutes.
    pub fn code(&self, world: &World, authorization: Authorization) -> String {
        let code = world.ids.hex();
        self.codes.lock().insert(code.clone(), (authorization, world.clock.now_ms() + CODE_LIFE_MS));
        code
    }
}

fn has(scope: &str, wanted: &str) -> bool {
    scope.split(' ').any(|one| one == wanted)
}

/// A user access token, three-part like LINE's.
pub fn user_token(world: &World, channel: &Arc<Channel>, person: Person, scope: &str, life_s: i64) -> String {
    let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", world.ids.hex(), world.ids.hex());
    let now = world.clock.now_ms();
    let grant = Grant {
        kind: TokenKind::User,
        channel: channel.clone(),
        expires_ms: now + life_s * 1000,
        person: Some(person),
        scope: scope.to_owned(),
        key_id: None,
        serial: world.ids.serial(),
    };
    world.tokens.enter(&token, grant, now);
    token
}

/// The claims about a person for a channel.
pub fn claims(world: &World, channel: &Channel, person: Person, scope: &str, nonce: Option<&str>) -> Value {
    let now_s = world.clock.now_ms() / 1000;
    let profile = world.people.profile(person);
    let mut claims = json!({
        "iss": "https://access.line.me", "sub": world.user_id(channel, person), "aud": channel.id,
        "exp": now_s + 3600, "iat": now_s, "amr": ["linesso"],
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    if has(scope, "profile") {
        claims["name"] = json!(profile.name);
        claims["picture"] = json!(profile.picture_url);
    }
    if has(scope, "email") {
        claims["email"] = json!(profile.email);
    }
    claims
}

/// Tokens of a LIFF app: ES256, twelve hours.
pub fn liff_tokens(world: &World, channel: &Arc<Channel>, person: Person, scope: &str) -> (String, Option<String>) {
    let access = user_token(world, channel, person, scope, LIFF_LIFE_S);
    let id_token = has(scope, "openid").then(|| world.logins.signer.es256(&claims(world, channel, person, scope, None)));
    (access, id_token)
}

/// `grant_type=authorization_code`.
pub fn exchange(call: &Call) -> Answer {
    try_exchange(call).unwrap_or_else(|answer| answer)
}

fn try_exchange(call: &Call) -> Result<Answer, Answer> {
    let channel = client(call).map_err(|_| Answer::oauth(400, "invalid_client", "invalid client_id or client_secret"))?;
    let invalid = |text: &str| Answer::oauth(400, "invalid_grant", text);
    let code = call.form("code").unwrap_or_default();
    // Taken out first: a code is good for one attempt.
    let (given, until) = call.world.logins.codes.lock().remove(&code).ok_or_else(|| invalid("invalid authorization code"))?;
    if call.now_ms >= until || given.channel.id != channel.id {
        return Err(invalid("invalid authorization code"));
    }
    if call.form("redirect_uri").as_deref() != Some(given.redirect_uri.as_str()) {
        return Err(invalid("redirect_uri does not match"));
    }
    if let Some(challenge) = &given.challenge {
        let verifier = call.form("code_verifier").unwrap_or_default();
        let answer = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        if !(43..=128).contains(&verifier.len()) || answer != *challenge {
            return Err(invalid("code_verifier does not match code_challenge"));
        }
    }
    Ok(tokens(call, given))
}

fn tokens(call: &Call, given: Authorization) -> Answer {
    let world = call.world;
    let access = user_token(world, &given.channel, given.person, &given.scope, USER_LIFE_S);
    let refresh = world.ids.hex();
    // E-mail is never listed in the answer's scope.
    let scope: Vec<&str> = given.scope.split(' ').filter(|one| *one != "email").collect();
    let mut body = json!({
        "access_token": access, "token_type": "Bearer", "refresh_token": refresh, "expires_in": USER_LIFE_S,
        "scope": scope.join(" "),
    });
    if has(&given.scope, "openid") {
        let claims = claims(world, &given.channel, given.person, &given.scope, given.nonce.as_deref());
        body["id_token"] = json!(Signer::hs256(&given.channel.secret(), &claims));
    }
    world.logins.refresh.lock().insert(refresh, (given, call.now_ms + REFRESH_LIFE_MS));
    Answer::ok(&body)
}

/// `grant_type=refresh_token`: a new access token; the refresh token's life stays.
pub fn refresh(call: &Call) -> Answer {
    let token = call.form("refresh_token").unwrap_or_default();
    let known = call.world.logins.refresh.lock().get(&token).cloned();
    let id = call.form("client_id");
    match known.filter(|(given, until)| call.now_ms < *until && Some(&given.channel.id) == id.as_ref()) {
        Some((given, _)) => {
            let access = user_token(call.world, &given.channel, given.person, &given.scope, USER_LIFE_S);
            Answer::ok(&json!({
                "access_token": access, "token_type": "Bearer", "refresh_token": token, "expires_in": USER_LIFE_S,
                "scope": given.scope,
            }))
        }
        None => Answer::oauth(400, "invalid_grant", "invalid refresh token"),
    }
}

/// `GET /oauth2/v2.1/verify`: of channel tokens (v2.1) and user tokens.
pub fn verify_access(call: &Call) -> Answer {
    let token = call.param("access_token").unwrap_or_default();
    if token.split('.').count() != 3 {
        return Answer::oauth(400, "invalid_request", "The access token not JWS");
    }
    match call.world.tokens.find(&token, call.now_ms) {
        Ok(grant) => Answer::ok(&json!({
            "scope": grant.scope, "client_id": grant.channel.id, "expires_in": (grant.expires_ms - call.now_ms) / 1000,
        })),
        Err(TokenError::Expired) => Answer::oauth(400, "invalid_request", "The access token expired"),
        Err(TokenError::Unknown) => Answer::oauth(400, "invalid_request", "The access token revoked"),
    }
}

fn verify_id(call: &Call) -> Answer {
    let invalid = |text: &str| Answer::oauth(400, "invalid_request", text);
    let token = call.form("id_token").unwrap_or_default();
    let client_id = call.form("client_id").unwrap_or_default();
    let secret = call.world.channel(&client_id).map(|c| c.secret());
    let claims = match call.world.logins.signer.open(&token, secret.as_deref()) {
        Ok(claims) => claims,
        Err(IdTokenError::Malformed | IdTokenError::Signature) => return invalid("Invalid IdToken."),
    };
    let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    if text("iss") != "https://access.line.me" {
        return invalid("Invalid IdToken Issuer.");
    }
    if claims["exp"].as_i64().unwrap_or(0) <= call.now_ms / 1000 {
        return invalid("IdToken expired.");
    }
    if text("aud") != client_id {
        return invalid("Invalid IdToken Audience.");
    }
    if call.form("nonce").is_some_and(|nonce| nonce != text("nonce")) {
        return invalid("Invalid IdToken Nonce.");
    }
    if call.form("user_id").is_some_and(|id| id != text("sub")) {
        return invalid("Invalid IdToken Subject Identifier.");
    }
    Answer::ok(&claims)
}

/// The person of the token, with the scope it needs.
fn person(call: &Call, scope: &str) -> Result<(Arc<Grant>, Person), Answer> {
    let grant = call.grant.clone().ok_or_else(Answer::forbidden)?;
    match grant.person.filter(|_| has(&grant.scope, scope)) {
        Some(person) => Ok((grant, person)),
        None => Err(Answer::error(403, "The access token does not have the required scope")),
    }
}

fn userinfo(call: &Call) -> Answer {
    match person(call, "openid") {
        Ok((grant, person)) => {
            let profile = call.world.people.profile(person);
            let mut body = json!({ "sub": call.world.user_id(&grant.channel, person) });
            if has(&grant.scope, "profile") {
                body["name"] = json!(profile.name);
                body["picture"] = json!(profile.picture_url);
            }
            Answer::ok(&body)
        }
        Err(answer) => answer,
    }
}

fn profile(call: &Call) -> Answer {
    match person(call, "profile") {
        Ok((grant, person)) => {
            let profile = call.world.people.profile(person);
            let id = call.world.user_id(&grant.channel, person);
            let mut body = crate::api::user::short_profile(&id, &profile);
            if let Some(status) = profile.status_message {
                body["statusMessage"] = json!(status);
            }
            Answer::ok(&body)
        }
        Err(answer) => answer,
    }
}

/// The account linked to a Login channel.
pub fn linked_bot(world: &World, channel: &Channel) -> Option<Arc<Channel>> {
    let linked = channel.settings.read().linked_bot.clone()?;
    world.channel(&linked).filter(|bot| bot.provider == channel.provider && bot.is_messaging())
}

fn friendship(call: &Call) -> Answer {
    match person(call, "profile") {
        Ok((grant, person)) => match linked_bot(call.world, &grant.channel) {
            Some(bot) => {
                let friend = bot.members.with(person, |m| m.standing == Standing::Friend);
                Answer::ok(&json!({ "friendFlag": friend }))
            }
            None => Answer::error(400, "There is no login bot linked to this channel."),
        },
        Err(answer) => answer,
    }
}

fn deauthorize(call: &Call) -> Answer {
    let json = match call.json() {
        Ok(json) => json,
        Err(answer) => return answer,
    };
    let token = json.text("userAccessToken").unwrap_or_default();
    let grant = call.world.tokens.find(token, call.now_ms).ok();
    match grant.and_then(|g| g.person.filter(|_| g.channel.index == call.channel().index)) {
        Some(person) => {
            call.world.tokens.revoke_person(call.channel(), person);
            Answer::bare(204)
        }
        None => Answer::error(400, "invalid token"),
    }
}

fn certs(call: &Call) -> Answer {
    Answer::ok(&call.world.logins.signer.jwks())
}

fn openid(call: &Call) -> Answer {
    let base = format!("http://{}", call.header("host").unwrap_or("localhost"));
    Answer::ok(&json!({
        "issuer": "https://access.line.me",
        "authorization_endpoint": format!("{base}/oauth2/v2.1/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.1/token"),
        "revocation_endpoint": format!("{base}/oauth2/v2.1/revoke"),
        "userinfo_endpoint": format!("{base}/oauth2/v2.1/userinfo"),
        "scopes_supported": ["openid", "profile", "email"],
        "jwks_uri": format!("{base}/oauth2/v2.1/certs"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256"],
        "code_challenge_methods_supported": ["S256"],
    }))
}
