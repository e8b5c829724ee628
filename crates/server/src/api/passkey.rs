//! パスキー of the caller, and the door they open.

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use engine::access::passkey::decide::{self, Blocked, Owner, Site};
use engine::access::passkey::{self, Answered, NewPasskey, Passkey, db};
use engine::access::second::{self, Proof};
use engine::access::secret::Secret;
use engine::clock::machine_ms;
use engine::ids::{PasskeyId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::second_step::{Both, own_both};
use super::session::{Me, enter, person};
use crate::app::App;
use crate::auth::{AnyCaller, ChallengeLimit, ClientAddress, client_address, same_site};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Created, Done, Ids};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask_passkey))
        .routes(routes!(login_with_passkey))
        .routes(routes!(list_passkeys, create_passkey))
        .routes(routes!(begin_passkey))
        .routes(routes!(rename_passkey))
        .routes(routes!(remove_passkey))
}

fn site(app: &App) -> Answer<Site> {
    decide::site(&app.engine.settings.public_url).map_err(|why| {
        Problem::new(Code::PasskeysUnavailable).saying(match why {
            Blocked::NotHttps => "パスキーは、https:// で始まるアドレスの管理画面でだけ使えます。",
            Blocked::IpAddress => "パスキーは、数字のアドレス(IPアドレス)の管理画面では使えません。",
        })
    })
}

/// What a browser answered to a question.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasskeyAnswer)]
pub(super) struct Shown {
    /// As given out with the question; good once, for five minutes.
    challenge: String,
    /// The browser's `PublicKeyCredential` as JSON, binary values in base64url.
    #[schema(value_type = Object)]
    credential: Value,
}

impl From<Shown> for Answered {
    fn from(Shown { challenge, credential }: Shown) -> Self {
        Self { challenge, credential }
    }
}

/// Whose passkey signed.
///
/// # Errors
/// `passkey_refused`, `passkeys_unavailable`.
pub(super) async fn prove(app: &App, shown: Shown) -> Answer<UserId> {
    let site = site(app)?;
    match passkey::prove(&app.engine.store, &site, shown.into(), machine_ms()).await {
        Ok(stored) => Ok(stored.user),
        Err(problem) => {
            if let passkey::Problem::Refused(decide::Refused::Copied, Some(stored)) = &problem {
                let (stored, at) = (stored.clone(), app.now_ms());
                app.write(move |tx| passkey::note_copied(tx, &stored, at)).await?;
            }
            Err(engine::Error::from(problem).into())
        }
    }
}

/// What to ask the browser for.
#[derive(Serialize, ToSchema)]
struct PasskeyQuestion {
    /// Goes back with the answer.
    challenge: String,
    /// `publicKey` of the browser's call, binary values in base64url.
    #[schema(value_type = Object)]
    options: Value,
}

/// Asks for a signature of any passkey of this installation: to log in, or as a second step.
#[utoipa::path(post, path = "/session/passkey/challenge", operation_id = "askPasskey", tag = "session",
    responses((status = 201, body = PasskeyQuestion, description = "The question")))]
async fn ask_passkey(State(app): State<App>, parts: Parts) -> Answer<Created<PasskeyQuestion>> {
    same_site(&parts.method, &parts.headers, &app)?;
    ChallengeLimit::take(&app, client_address(&parts, &app.config.trusted_proxies))?;
    let asked = decide::ask_any(&site(&app)?)?;
    let (secret, now, options) = (Secret::draw(), machine_ms(), asked.options.clone());
    let challenge = secret.reveal().to_owned();
    app.write(move |tx| passkey::ask(tx, &secret, &asked, now)).await?;
    Ok(Created(PasskeyQuestion { challenge, options }))
}

/// Logs in by passkey alone, which is two factors in one; the session is a cookie.
#[utoipa::path(post, path = "/session/passkey", operation_id = "loginWithPasskey", tag = "session", request_body = Shown,
    responses((status = 200, body = Me, description = "Logged in")))]
async fn login_with_passkey(State(app): State<App>, parts: Parts, Body(shown): Body<Shown>) -> Answer<impl IntoResponse> {
    same_site(&parts.method, &parts.headers, &app)?;
    let id = prove(&app, shown).await?;
    let user = app.read(move |tx| engine::access::db::user_by_id(tx, id)).await?;
    let user = user.filter(|user| user.disabled_at.is_none()).ok_or(Code::PasskeyRefused)?;
    enter(&app, user.id, None, Proof::Passkey, &parts.headers).await
}

/// A passkey, to its owner.
#[derive(Serialize, ToSchema)]
#[schema(as = Passkey)]
struct PasskeyView {
    id: Uuid,
    name: String,
    /// Registered at an address of the admin that is no longer in use.
    elsewhere: bool,
    created_at: i64,
    used_at: Option<i64>,
}

impl PasskeyView {
    fn of(passkey: Passkey, host: Option<&str>) -> Self {
        let Passkey { id, name, created_at, used_at, .. } = passkey;
        Self { id: id.0, name, elsewhere: host != Some(&passkey.host), created_at, used_at }
    }
}

/// The caller's passkeys.
#[derive(Serialize, ToSchema)]
struct Passkeys {
    items: Vec<PasskeyView>,
    /// Why none can be registered or used at the admin's address; null: they can.
    blocked: Option<Blocked>,
    /// Where the admin is to be opened for it.
    origin: String,
}

/// The caller's passkeys, the first registered first.
#[utoipa::path(get, path = "/session/passkeys", operation_id = "listPasskeys", tag = "session",
    responses((status = 200, body = Passkeys, description = "Passkeys")), extensions(("x-permission" = json!("any"))))]
async fn list_passkeys(State(app): State<App>, AnyCaller(caller): AnyCaller) -> Answer<Json<Passkeys>> {
    let user = person(&caller)?;
    let site = decide::site(&app.engine.settings.public_url);
    let host = site.as_ref().ok().map(|site| site.host.as_str());
    let items = app.read(move |tx| db::list(tx, user)).await?;
    Ok(Json(Passkeys {
        items: items.into_iter().map(|passkey| PasskeyView::of(passkey, host)).collect(),
        blocked: site.as_ref().err().copied(),
        origin: app.engine.settings.public_url.origin().ascii_serialization(),
    }))
}

/// Begins a new passkey: the password again, and the second step of whoever has one.
#[utoipa::path(post, path = "/session/passkeys/begin", operation_id = "beginPasskey", tag = "session", request_body = Both,
    responses((status = 201, body = PasskeyQuestion, description = "The question")), extensions(("x-permission" = json!("any"))))]
async fn begin_passkey(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    ClientAddress(address): ClientAddress,
    Body(both): Body<Both>,
) -> Answer<Created<PasskeyQuestion>> {
    let site = site(&app)?;
    let user = own_both(&app, &caller, address, both).await?;
    let (secret, now) = (Secret::draw(), machine_ms());
    let challenge = secret.reveal().to_owned();
    let asked = app
        .write(move |tx| {
            let owner = Owner { id: user.id.0, email: &user.email, name: &user.name };
            passkey::ask_new(tx, &site, &secret, owner, now)
        })
        .await?;
    Ok(Created(PasskeyQuestion { challenge, options: asked.options }))
}

/// What the browser made, and how it is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasskeyInput)]
struct NewOne {
    /// At most 60 characters.
    name: String,
    answer: Shown,
}

/// A new passkey, and with the first second step recovery codes, shown once.
#[derive(Serialize, ToSchema)]
struct NewPasskeyView {
    passkey: PasskeyView,
    /// Empty when the person has some already.
    recovery_codes: Vec<String>,
}

/// Registers a passkey. When it is the first second step, all other sessions of the person end.
#[utoipa::path(post, path = "/session/passkeys", operation_id = "createPasskey", tag = "session", request_body = NewOne,
    responses((status = 201, body = NewPasskeyView, description = "Registered")), extensions(("x-permission" = json!("any"))))]
async fn create_passkey(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Body(NewOne { name, answer }): Body<NewOne>,
) -> Answer<Created<NewPasskeyView>> {
    let (user, site, codes) = (person(&caller)?, site(&app)?, second::draw_codes());
    let new = NewPasskey { user, name, answered: answer.into(), session: caller.secret_hash, codes: codes.clone() };
    let engine = &app.engine;
    let registered = passkey::register(&engine.store, (&site, &engine.vault), app.act(&caller), new, machine_ms());
    let (passkey, first) = registered.await?;
    let passkey = PasskeyView::of(passkey, Some(&site.host));
    Ok(Created(NewPasskeyView { passkey, recovery_codes: if first { codes } else { Vec::new() } }))
}

/// How it is called from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasskeyName {
    name: String,
}

/// Names a passkey anew.
#[utoipa::path(put, path = "/session/passkeys/{id}", operation_id = "renamePasskey", tag = "session", request_body = PasskeyName,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = PasskeyView, description = "Named")), extensions(("x-permission" = json!("any"))))]
async fn rename_passkey(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    Ids(id): Ids<PasskeyId>,
    Body(PasskeyName { name }): Body<PasskeyName>,
) -> Answer<Json<PasskeyView>> {
    let user = caller.user().ok_or(Code::NotFound)?;
    let act = app.act(&caller);
    let passkey = app.write(move |tx| passkey::rename(tx, &act, user, id, &name)).await?;
    let host = decide::site(&app.engine.settings.public_url).ok().map(|site| site.host);
    Ok(Json(PasskeyView::of(passkey, host.as_deref())))
}

/// Removes a passkey: the password again, and a second step.
#[utoipa::path(post, path = "/session/passkeys/{id}/remove", operation_id = "removePasskey", tag = "session", request_body = Both,
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Removed")), extensions(("x-permission" = json!("any"))))]
async fn remove_passkey(
    State(app): State<App>,
    AnyCaller(caller): AnyCaller,
    ClientAddress(address): ClientAddress,
    Ids(id): Ids<PasskeyId>,
    Body(both): Body<Both>,
) -> Answer<Done> {
    let user = caller.user().ok_or(Code::NotFound)?;
    app.read(move |tx| db::find(tx, user, id)).await?;
    own_both(&app, &caller, address, both).await?;
    let act = app.act(&caller);
    app.write(move |tx| passkey::remove(tx, &act, user, id)).await?;
    Ok(Done)
}
