//! The shop's rules against sending by mistake.

use axum::Json;
use axum::extract::State;
use engine::broadcast::safety::{KEY, Safety};
use engine::workspace::set_setting;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::Body;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_broadcast_safety, set_broadcast_safety))
}

/// When the account's name is typed, when a second person approves, and which domains are the shop's own.
#[utoipa::path(get, path = "/settings/broadcasts", operation_id = "getBroadcastSafety", tag = "workspace",
    responses((status = 200, body = Safety, description = "The rules")), extensions(("x-permission" = json!("read"))))]
async fn get_broadcast_safety(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Safety>> {
    Ok(Json(app.read(move |tx| Safety::load(tx, caller.workspace)).await?))
}

/// Sets them; what is left out has its default.
#[utoipa::path(put, path = "/settings/broadcasts", operation_id = "setBroadcastSafety", tag = "workspace", request_body = Safety,
    responses((status = 200, body = Safety, description = "Set")), extensions(("x-permission" = json!("settings"))))]
async fn set_broadcast_safety(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(safety): Body<Safety>,
) -> Answer<Json<Safety>> {
    let (act, safety) = (app.act(&caller), safety.checked()?);
    let stored = safety.clone();
    app.write(move |tx| {
        let json = serde_json::to_value(&stored).map_err(|error| engine::Error::damaged("settings.broadcast_safety", error))?;
        set_setting(tx, act.workspace, KEY, &json.to_string())?;
        act.note(tx, "workspace.broadcast_safety", act.workspace.0, &json)
    })
    .await?;
    Ok(Json(safety))
}
