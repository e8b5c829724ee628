//! The provider check: one login with LINE, and whether the account knows the person by the id it gave.

use axum::Json;
use axum::extract::State;
use engine::ids::ChannelId;
use engine::workspace::provider_check::{self, Login, ProviderCheck, Verdict};
use line::client::{Authorize, CallError, LoginChannel, PkceVerifier};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::probe;
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Ids};

/// The latest check.
#[derive(Serialize, ToSchema)]
#[schema(as = ProviderCheck)]
pub(super) struct CheckView {
    login_channel_id: String,
    verdict: Verdict,
    at: i64,
}

impl From<ProviderCheck> for CheckView {
    fn from(check: ProviderCheck) -> Self {
        Self { login_channel_id: check.login_channel_id, verdict: check.verdict, at: check.at }
    }
}

/// What staff need for the check.
#[derive(Serialize, ToSchema)]
pub(super) struct ProviderChecks {
    /// To be registered as callback of the LINE Login channel.
    callback_url: String,
    check: Option<CheckView>,
}

fn callback(app: &App) -> String {
    app.absolute("/admin/line-login")
}

/// The latest provider check, and the callback to register.
#[utoipa::path(get, path = "/channels/{id}/provider-check", operation_id = "getProviderCheck", tag = "channels", params(("id" = Uuid, Path)),
    responses((status = 200, body = ProviderChecks, description = "The check")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn get_provider_check(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ChannelId>,
) -> Answer<Json<ProviderChecks>> {
    super::stored(&app, &caller, id).await?;
    let checks = app.read(move |tx| provider_check::checks(tx, caller.workspace)).await?;
    let check = checks.into_iter().find(|(channel, _)| *channel == id).map(|(_, check)| check.into());
    Ok(Json(ProviderChecks { callback_url: callback(&app), check }))
}

/// A LINE Login channel of the account's provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginCheck {
    login_channel_id: String,
    #[schema(value_type = String)]
    login_secret: SecretString,
}

/// Where to log in.
#[derive(Serialize, ToSchema)]
pub(super) struct LoginPage {
    /// LINE's login page; good for ten minutes, for whoever asked.
    url: String,
}

/// Begins a check: a login with LINE, with PKCE, state and nonce.
#[utoipa::path(post, path = "/channels/{id}/provider-check", operation_id = "beginProviderCheck", tag = "channels", request_body = BeginCheck, params(("id" = Uuid, Path)),
    responses((status = 200, body = LoginPage, description = "Where to log in")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn begin_provider_check(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ChannelId>,
    Body(begin): Body<BeginCheck>,
) -> Answer<Json<LoginPage>> {
    if begin.login_secret.expose_secret().trim().is_empty() {
        return Err(Problem::invalid("login_secret", "required", "LINEログインのチャネルシークレットを入力してください。"));
    }
    let (act, vault) = (app.act(&caller), app.engine.vault.clone());
    let secret: SecretString = begin.login_secret.expose_secret().trim().into();
    let login = app.write(move |tx| provider_check::begin(tx, &vault, &act, id, &begin.login_channel_id, &secret)).await?;
    let pkce = PkceVerifier::from_stored(login.verifier.clone());
    let url = app.engine.settings.hosts.authorize_url(&Authorize {
        channel_id: &login.login_channel_id,
        redirect_uri: &callback(&app),
        state: &login.state,
        scopes: &["profile", "openid"],
        nonce: Some(&login.nonce),
        pkce: Some(&pkce),
        bot_prompt: None,
        prompt: None,
        disable_auto_login: false,
    });
    Ok(Json(LoginPage { url }))
}

/// What LINE gave back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FinishCheck {
    state: String,
    code: String,
}

/// What the login showed.
#[derive(Serialize, ToSchema)]
pub(super) struct Finished {
    channel_id: Uuid,
    verdict: Verdict,
    /// Who logged in, as LINE names them.
    name: Option<String>,
}

/// Finishes a check with what LINE's login page gave back.
#[utoipa::path(post, path = "/provider-checks/finish", operation_id = "finishProviderCheck", tag = "channels", request_body = FinishCheck,
    responses((status = 200, body = Finished, description = "What it showed")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn finish_provider_check(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(finish): Body<FinishCheck>,
) -> Answer<Json<Finished>> {
    let (act, vault) = (app.act(&caller), app.engine.vault.clone());
    let taken = act.clone();
    let login = app.write(move |tx| provider_check::take_up(tx, &vault, &taken, &finish.state)).await?;
    let channel = super::stored(&app, &caller, login.channel).await?;
    let (user_id, name) = person(&app, &login, &finish.code).await?;
    let token = probe::token_for(&app, &channel.line_channel_id, &channel.secrets[0], channel.token.as_ref()).await?;
    let (id, login_channel_id) = (login.channel, login.login_channel_id.clone());
    let verdict = match app.engine.line.profile(&token, &user_id).await {
        Ok(_) => Verdict::Same,
        // Not a friend by this id. Somebody who blocked the account is still known here.
        Err(CallError::Refused(_)) => {
            let known = app.read(move |tx| provider_check::is_known(tx, act.workspace, id, &user_id)).await?;
            if known { Verdict::Same } else { Verdict::Different }
        }
        Err(error) => return Err(probe::refusal(error)),
    };
    let act = app.act(&caller);
    app.write(move |tx| provider_check::keep(tx, &act, id, &login_channel_id, verdict)).await?;
    Ok(Json(Finished { channel_id: id.0, verdict, name }))
}

/// Who logged in: the code for tokens, and the ID token checked by LINE with our nonce.
async fn person(app: &App, login: &Login, code: &str) -> Answer<(String, Option<String>)> {
    let channel = LoginChannel { id: login.login_channel_id.clone(), secret: login.secret.clone() };
    let pkce = PkceVerifier::from_stored(login.verifier.clone());
    let refused = |error| {
        match error {
        CallError::Refused(_) | CallError::TokenInvalid(_) => Problem::new(Code::LineRefused).saying(
            "LINEログインの確認に失敗しました。チャネルIDとチャネルシークレットが「LINEログイン」のチャネルのものか確かめて、もう一度お試しください。",
        ),
        other => probe::refusal(other),
    }
    };
    let tokens = app.engine.line.login_tokens(&channel, code, &callback(app), Some(&pkce)).await.map_err(refused)?.value;
    let id_token = tokens.id_token.ok_or_else(|| Problem::new(Code::LineRefused))?;
    let checked = app.engine.line.verify_id_token(&channel.id, id_token.expose_secret(), Some(&login.nonce)).await;
    let claims = checked.map_err(refused)?.value;
    if claims.aud != channel.id || claims.nonce.as_deref() != Some(login.nonce.as_str()) {
        return Err(Code::LineRefused.into());
    }
    Ok((claims.sub, claims.name))
}
