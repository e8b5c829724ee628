//! The shop's rules against sending by mistake.

use axum::Json;
use axum::extract::State;
use engine::broadcast::safety::{KEY, Safety};
use engine::workspace::{Kept, kept, settings};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::Change;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_broadcast_safety, set_broadcast_safety))
}

/// When the account's name is typed, when a second person approves, and which domains are the shop's own.
#[utoipa::path(get, path = "/settings/broadcasts", operation_id = "getBroadcastSafety", tag = "workspace",
    responses((status = 200, body = Kept<Safety>, description = "The rules")), extensions(("x-permission" = json!("read"))))]
async fn get_broadcast_safety(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Kept<Safety>>> {
    Ok(Json(app.read(move |tx| kept(tx, caller.workspace, KEY)).await?))
}

/// Sets them; what is left out has its default.
#[utoipa::path(put, path = "/settings/broadcasts", operation_id = "setBroadcastSafety", tag = "workspace", request_body = Change<Safety>,
    responses((status = 200, body = Kept<Safety>, description = "Set")), extensions(("x-permission" = json!("settings"))))]
async fn set_broadcast_safety(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Change { value, base }: Change<Safety>,
) -> Answer<Json<Kept<Safety>>> {
    let (act, safety) = (app.act(&caller), value.checked()?);
    let kept = app.write(move |tx| settings::save(tx, &act, (KEY, "workspace.broadcast_safety"), safety.clone(), base)).await?;
    Ok(Json(kept))
}
