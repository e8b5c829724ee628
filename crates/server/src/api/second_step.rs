//! 2段階認証 of the caller, of colleagues and of the whole workspace, and where the caller is logged in.

use axum::Json;
use axum::extract::State;
use engine::access::second::{self, Demand, First, Proof};
use engine::access::{Desk, User, db};
use engine::clock::machine_ms;
use engine::ids::UserId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::passkey;
use super::session::{check_user, person};
use crate::app::App;
use crate::auth::{AnyCaller, Attempt, Caller, ClientAddress, Require, SecondAttempt, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Created, Done, Ids, Items};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_second_step, begin_second_step, confirm_second_step))
        .routes(routes!(remove_second_step))
        .routes(routes!(renew_recovery_codes))
        .routes(routes!(reset_second_step))
        .routes(routes!(get_security, set_security))
        .routes(routes!(list_sessions, end_other_sessions))
        .routes(routes!(end_session))
}

/// Checks what was typed beside the password; uses it up. Guesses are counted apart from passwords.
///
/// # Errors
/// `second_step_needed` when nothing was typed and the person has one, `second_step_wrong`, `login_limited`.
pub(super) async fn prove(app: &App, user: &User, typed: Option<&str>) -> Answer<Proof> {
    let id = user.id;
    let on = app.read(move |tx| Ok(second::is_on(tx, id)?.then_some((second::has_code(tx, id)?, has_passkey(tx, id)?)))).await?;
    let Some((code, passkey)) = on else { return Ok(Proof::NotAsked) };
    let ask = || needed([("code", "認証アプリのコード", code), ("passkey", "パスキー", passkey)]);
    let typed = typed.map(str::trim).filter(|typed| !typed.is_empty()).ok_or_else(ask)?.to_owned();
    let attempt = SecondAttempt::begin(app, id)?;
    let (vault, now) = (app.engine.vault.clone(), machine_ms());
    let proof = app.write(move |tx| second::prove(tx, &vault, id, &typed, now)).await?.ok_or(Code::SecondStepWrong)?;
    attempt.succeeded();
    Ok(proof)
}

fn has_passkey(tx: &mut store::Tx<'_>, user: UserId) -> engine::Result<bool> {
    Ok(!engine::access::passkey::db::credential_ids(tx, user)?.is_empty())
}

/// Asks for the second step, and says which there are.
fn needed(ways: [(&'static str, &str, bool); 2]) -> Problem {
    let there = ways.into_iter().filter(|(.., there)| *there);
    there.fold(Code::SecondStepNeeded.into(), |problem: Problem, (way, words, _)| problem.at(way, way, words))
}

/// A wrong code behind a right password is worth a line: somebody knows the password.
pub(super) async fn note_refusal(app: &App, user: UserId) -> Answer<()> {
    let at = app.now_ms();
    app.write(move |tx| {
        let Some(Desk { workspace, .. }) = db::desks(tx, user)?.into_iter().next() else { return Ok(()) };
        let act = db::Act { workspace, actor: engine::access::Actor::User(user), at };
        act.note(tx, "session.second_step_wrong", user.0, &json!({}))
    })
    .await
}

/// Whether the password is the caller's own: a page left open must not be enough to change the locks.
async fn own_password(app: &App, caller: &Caller, address: std::net::IpAddr, password: String) -> Answer<User> {
    let id = person(caller)?;
    let user = app.read(move |tx| db::user_by_id(tx, id)).await?.ok_or(Code::NotFound)?;
    let attempt = Attempt::begin(app, &user.email, address)?;
    let checked = check_user(app, Some(user), password).await.map_err(|problem| match problem.code {
        Code::LoginFailed => Problem::invalid("password", "password", "パスワードが違います。"),
        _ => problem,
    })?;
    attempt.succeeded();
    Ok(checked)
}

/// The caller's second step.
#[derive(Serialize, ToSchema)]
pub(super) struct SecondStepView {
    /// Asked for at login.
    pub(super) on: bool,
    /// The phone shows codes.
    pub(super) code: bool,
    /// Passkeys of the caller.
    pub(super) passkeys: usize,
    /// The workspace asks it of everybody.
    pub(super) required: bool,
    /// Recovery codes not used yet.
    pub(super) recovery_codes_left: i64,
}

pub(super) fn describe(tx: &mut store::Tx<'_>, caller: &Caller) -> engine::Result<SecondStepView> {
    let required = second::is_required(tx, caller.workspace)?;
    let Some(user) = caller.user() else {
        return Ok(SecondStepView { on: false, code: false, passkeys: 0, required, recovery_codes_left: 0 });
    };
    Ok(SecondStepView {
        on: second::is_on(tx, user)?,
        code: second::has_code(tx, user)?,
        passkeys: engine::access::passkey::db::credential_ids(tx, user)?.len(),
        required,
        recovery_codes_left: second::db::codes_left(tx, user)?,
    })
}

/// Whether the caller has a second step.
#[utoipa::path(get, path = "/session/second-step", operation_id = "getSecondStep", tag = "session",
    responses((status = 200, body = SecondStepView, description = "The caller's second step")), extensions(("x-permission" = json!("any"))))]
async fn get_second_step(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Answer<Json<SecondStepView>> {
    person(&caller)?;
    app.read(move |tx| describe(tx, &caller)).await.map(Json)
}

/// What the phone needs. Shown only now.
#[derive(Serialize, ToSchema)]
struct NewKey {
    /// To be typed where the square cannot be read.
    key: String,
    /// `otpauth:` address.
    uri: String,
    /// Modules along one side of the square, its quiet zone included.
    size: usize,
    /// The square's dark modules as an SVG path in a box of `size` × `size`.
    path: String,
}

/// Begins: a key for the phone, asked for once a code has confirmed it. Whoever has a passkey shows it first.
#[utoipa::path(post, path = "/session/second-step", operation_id = "beginSecondStep", tag = "session", request_body = Both,
    responses((status = 201, body = NewKey, description = "The key")), extensions(("x-permission" = json!("any"))))]
async fn begin_second_step(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    ClientAddress(address): ClientAddress,
    Body(both): Body<Both>,
) -> Answer<Created<NewKey>> {
    let user = own_both(&app, &caller, address, both).await?;
    let (vault, now, bytes) = (app.engine.vault.clone(), machine_ms(), second::draw_key());
    app.write(move |tx| second::begin(tx, &vault, user.id, &bytes, now)).await?;
    let key = second::decide::base32(&bytes);
    let uri = second::decide::key_uri(&key, &user.email);
    let (size, path) = square(&uri)?;
    Ok(Created(NewKey { key, uri, size, path }))
}

/// Quiet zone around the square (ISO/IEC 18004 asks for four modules).
const QUIET: usize = 4;

fn square(text: &str) -> Answer<(usize, String)> {
    let code = qrcode::QrCode::new(text).map_err(|error| {
        tracing::error!(%error, "a square cannot be drawn");
        Problem::new(Code::Internal)
    })?;
    let width = code.width();
    let colors = code.to_colors();
    let dark = colors.iter().enumerate().filter(|(_, color)| **color == qrcode::Color::Dark);
    let path = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET)).collect();
    Ok((width + 2 * QUIET, path))
}

/// What the phone shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    code: String,
}

/// Recovery codes, shown once.
#[derive(Serialize, ToSchema)]
struct RecoveryCodes {
    /// Each opens the door once in place of a code.
    recovery_codes: Vec<String>,
}

/// Confirms with the first code. All other sessions of the person end.
#[utoipa::path(put, path = "/session/second-step", operation_id = "confirmSecondStep", tag = "session", request_body = FirstCode,
    responses((status = 200, body = RecoveryCodes, description = "On")), extensions(("x-permission" = json!("any"))))]
async fn confirm_second_step(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Body(first): Body<FirstCode>,
) -> Answer<Json<RecoveryCodes>> {
    let user = person(&caller)?;
    let attempt = SecondAttempt::begin(&app, user)?;
    let (vault, act, now, codes) = (app.engine.vault.clone(), app.act(&caller), machine_ms(), second::draw_codes());
    let shown = codes.clone();
    app.write(move |tx| {
        let first = First { typed: &first.code, codes: &codes, session: &caller.secret_hash, machine_ms: now };
        second::confirm(tx, &act, &vault, user, &first)
    })
    .await?;
    attempt.succeeded();
    Ok(Json(RecoveryCodes { recovery_codes: shown }))
}

/// Password and second step again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Both {
    password: String,
    /// From the phone, or a recovery code.
    #[serde(default)]
    code: Option<String>,
    /// In place of a code.
    #[serde(default)]
    passkey: Option<passkey::Shown>,
}

/// Whether it is the caller: by the password, and the second step of whoever has one.
///
/// # Errors
/// Which of both does not fit.
pub(super) async fn own_both(app: &App, caller: &Caller, address: std::net::IpAddr, both: Both) -> Answer<User> {
    let user = own_password(app, caller, address, both.password).await?;
    if let Some(shown) = both.passkey {
        return match passkey::prove(app, shown).await? == user.id {
            true => Ok(user),
            false => Err(Problem::new(Code::PasskeyRefused).saying("これは別の方のパスキーです。")),
        };
    }
    prove(app, &user, both.code.as_deref()).await.map_err(|problem| match problem.code {
        Code::SecondStepNeeded | Code::SecondStepWrong => Problem::invalid("code", "code", "コードが違います。"),
        _ => problem,
    })?;
    Ok(user)
}

/// Goes without from now on.
#[utoipa::path(post, path = "/session/second-step/remove", operation_id = "removeSecondStep", tag = "session", request_body = Both,
    responses((status = 204, description = "Off")), extensions(("x-permission" = json!("any"))))]
async fn remove_second_step(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    ClientAddress(address): ClientAddress,
    Body(both): Body<Both>,
) -> Answer<Done> {
    let user = own_both(&app, &caller, address, both).await?;
    let act = app.act(&caller);
    app.write(move |tx| second::remove(tx, &act, user.id)).await?;
    Ok(Done)
}

/// New recovery codes; the old ones are void.
#[utoipa::path(post, path = "/session/recovery-codes", operation_id = "renewRecoveryCodes", tag = "session", request_body = Both,
    responses((status = 200, body = RecoveryCodes, description = "New codes")), extensions(("x-permission" = json!("any"))))]
async fn renew_recovery_codes(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    ClientAddress(address): ClientAddress,
    Body(both): Body<Both>,
) -> Answer<Json<RecoveryCodes>> {
    let user = own_both(&app, &caller, address, both).await?;
    let (vault, act, codes) = (app.engine.vault.clone(), app.act(&caller), second::draw_codes());
    let shown = codes.clone();
    app.write(move |tx| second::renew_codes(tx, &act, &vault, user.id, &codes)).await?;
    Ok(Json(RecoveryCodes { recovery_codes: shown }))
}

/// Lets a colleague who lost phone and recovery codes begin anew.
#[utoipa::path(delete, path = "/users/{id}/second-step", operation_id = "resetSecondStep", tag = "staff", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Reset")), extensions(("x-permission" = json!("staff"))))]
async fn reset_second_step(
    State(app): State<App>,
    Require(caller, ..): Require<can::Staff>,
    Ids(id): Ids<UserId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| second::reset(tx, &act, id)).await?;
    Ok(Done)
}

/// How staff must log in.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Security {
    /// Who must have a second step.
    second_step: Demand,
}

/// How staff must log in.
#[utoipa::path(get, path = "/settings/security", operation_id = "getSecurity", tag = "staff",
    responses((status = 200, body = Security, description = "How staff must log in")), extensions(("x-permission" = json!("staff"))))]
async fn get_security(State(app): State<App>, Require(caller, ..): Require<can::Staff>) -> Answer<Json<Security>> {
    let required = app.read(move |tx| second::is_required(tx, caller.workspace)).await?;
    Ok(Json(Security { second_step: if required { Demand::All } else { Demand::Nobody } }))
}

/// Asks a second step of everybody, or no longer.
#[utoipa::path(put, path = "/settings/security", operation_id = "setSecurity", tag = "staff", request_body = Security,
    responses((status = 200, body = Security, description = "Set")), extensions(("x-permission" = json!("staff"))))]
async fn set_security(
    State(app): State<App>,
    Require(caller, ..): Require<can::Staff>,
    Body(security): Body<Security>,
) -> Answer<Json<Security>> {
    let (act, by, demand) = (app.act(&caller), caller.user(), security.second_step);
    app.write(move |tx| second::demand(tx, &act, demand, by)).await?;
    Ok(Json(security))
}

/// Where the caller is logged in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionView {
    id: Uuid,
    /// The browser's own name for itself.
    agent: String,
    created_at: i64,
    /// Noted every five minutes at most.
    seen_at: i64,
    /// The one that asks.
    current: bool,
}

/// The caller's sessions, the last used first.
#[utoipa::path(get, path = "/sessions", operation_id = "listSessions", tag = "session",
    responses((status = 200, body = Items<SessionView>, description = "Sessions")), extensions(("x-permission" = json!("any"))))]
async fn list_sessions(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Answer<Json<Items<SessionView>>> {
    let user = person(&caller)?;
    let now = machine_ms();
    let sessions = app.read(move |tx| db::sessions(tx, user, now)).await?;
    let items = sessions.into_iter().map(|session| SessionView {
        id: second::session_id(&session.token_hash),
        current: session.token_hash == caller.secret_hash,
        agent: session.agent,
        created_at: session.created_at,
        seen_at: session.seen_at,
    });
    Ok(Json(Items { items: items.collect() }))
}

/// Ends one of the caller's sessions.
#[utoipa::path(delete, path = "/sessions/{id}", operation_id = "endSession", tag = "session", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Ended")), extensions(("x-permission" = json!("any"))))]
async fn end_session(State(app): State<App>, AnyCaller(caller): AnyCaller, Ids(id): Ids<Uuid>) -> Answer<Done> {
    let user = caller.user().ok_or(Code::NotFound)?;
    let (act, now) = (app.act(&caller), machine_ms());
    app.write(move |tx| {
        let own = db::sessions(tx, user, now)?;
        let session = own.iter().find(|session| second::session_id(&session.token_hash) == id).ok_or(engine::Error::NotFound)?;
        db::delete_session(tx, &session.token_hash)?;
        act.note(tx, "session.end", user.0, &json!({}))
    })
    .await?;
    Ok(Done)
}

/// Ends all sessions of the caller but this one.
#[utoipa::path(delete, path = "/sessions", operation_id = "endOtherSessions", tag = "session",
    responses((status = 204, description = "Ended")), extensions(("x-permission" = json!("any"))))]
async fn end_other_sessions(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Answer<Done> {
    let user = person(&caller)?;
    let act = app.act(&caller);
    app.write(move |tx| {
        db::end_sessions(tx, user, &caller.secret_hash)?;
        act.note(tx, "session.end_others", user.0, &json!({}))
    })
    .await?;
    Ok(Done)
}
