//! The first owner: a link that the server prints leads here, once; afterwards there is nothing here any more.

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use engine::access::second::Proof;
use engine::access::setup::{self, FirstOwner};
use engine::access::{decide, secret};
use engine::clock::machine_ms;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::session::{Me, enter};
use crate::app::App;
use crate::auth::password::hash_apart;
use crate::auth::{Attempt, client_address, same_site};
use crate::error::{Answer, Code};
use crate::http::Body;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_setup, set_up))
}

/// Whether the installation waits for its first owner.
#[derive(Serialize, ToSchema)]
struct Setup {
    open: bool,
}

/// Whether the installation waits for its first owner.
#[utoipa::path(get, path = "/setup", operation_id = "getSetup", tag = "session",
    responses((status = 200, body = Setup, description = "Whether it does")))]
async fn get_setup(State(app): State<App>) -> Answer<Json<Setup>> {
    Ok(Json(Setup { open: app.read(setup::is_open).await? }))
}

/// What the first owner chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstRun {
    /// As the server printed it.
    token: String,
    /// The shop's name.
    workspace: String,
    /// IANA zone.
    #[serde(default = "japan")]
    zone: String,
    /// The owner's own name.
    name: String,
    email: String,
    password: String,
}

fn japan() -> String {
    "Asia/Tokyo".to_owned()
}

/// Makes the shop and its owner, and logs them in. Works once.
#[utoipa::path(post, path = "/setup", operation_id = "setUp", tag = "session", request_body = FirstRun,
    responses((status = 200, body = Me, description = "Made and logged in")))]
async fn set_up(State(app): State<App>, parts: Parts, Body(first): Body<FirstRun>) -> Answer<impl IntoResponse> {
    same_site(&parts.method, &parts.headers, &app)?;
    let attempt = Attempt::begin(&app, "setup", client_address(&parts, &app.config.trusted_proxies))?;
    // Before the password costs a core anything.
    if !app.read(setup::is_open).await? {
        return Err(Code::SetupClosed.into());
    }
    if !decide::password_ok(&first.password, &decide::fold_email(&first.email)) {
        return Err(Code::PasswordWeak.into());
    }
    let shown = secret::hash(first.token.trim());
    let phc = hash_apart(&app, first.password).await?;
    let owner = FirstOwner { workspace: first.workspace, zone: first.zone, name: first.name, email: first.email, phc };
    let now = app.now_ms();
    let (workspace, user) = app.write(move |tx| setup::take_up(tx, &owner, &shown, now, machine_ms())).await?;
    attempt.succeeded();
    app.engine.catalogs.refresh(&app.engine.store).await?;
    enter(&app, user, Some(workspace), Proof::NotAsked, &parts.headers).await
}
