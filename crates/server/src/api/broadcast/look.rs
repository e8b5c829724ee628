//! Looking before and after: content checks, and what a broadcast brought.

use axum::Json;
use axum::extract::State;
use engine::broadcast::check::{Finding, check};
use engine::broadcast::result::{BroadcastResult, result};
use engine::ids::BroadcastId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Ids, Items};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(check_broadcast)).routes(routes!(get_result))
}

/// What a careful colleague would notice in the content. Links whose answer is not known are tried: ask again for them.
#[utoipa::path(post, path = "/broadcasts/{id}/check", operation_id = "checkBroadcast", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Items<Finding>, description = "One answer per check")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn check_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<Items<Finding>>> {
    let items = check(&app.engine.store, &app.engine.catalogs, (caller.workspace, id), app.now_ms()).await?;
    app.engine.hints.tasks.notify_one();
    Ok(Json(Items { items }))
}

/// What a broadcast brought, beside its counts and clicks.
#[utoipa::path(get, path = "/broadcasts/{id}/result", operation_id = "getBroadcastResult", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = BroadcastResult, description = "Figures")), extensions(("x-permission" = json!("read"))))]
async fn get_result(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<BroadcastResult>> {
    let (workspace, now) = (caller.workspace, app.now_ms());
    Ok(Json(app.read(move |tx| result(tx, workspace, id, now)).await?))
}
