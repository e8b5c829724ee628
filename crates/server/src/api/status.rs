//! Where the whole stands, events that could not be applied, and the live feed.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use engine::event::parked;
use engine::runtime::{Health, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Accepted, Ids, Page, PageQuery, Query};
use crate::live;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_status))
        .routes(routes!(get_health))
        .routes(routes!(list_parked))
        .routes(routes!(replay_all_parked))
        .routes(routes!(replay_parked))
        .routes(routes!(live_changes))
}

/// Whether everything is quiet, and what waits. Of the whole installation.
#[utoipa::path(get, path = "/status", operation_id = "getStatus", tag = "status",
    responses((status = 200, body = Status, description = "Where it stands")), extensions(("x-permission" = json!("read"))))]
async fn get_status(State(app): State<App>, Require(..): Require<can::Read>) -> Answer<Json<Status>> {
    Ok(Json(engine::runtime::status(&app.engine).await?))
}

/// How the machine and this workspace's accounts go, each fact with a light.
#[utoipa::path(get, path = "/health", operation_id = "getHealth", tag = "status",
    responses((status = 200, body = Health, description = "How it goes")), extensions(("x-permission" = json!("read"))))]
async fn get_health(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Health>> {
    Ok(Json(engine::runtime::health(&app.engine, caller.workspace).await?))
}

/// An event that failed five times.
#[derive(Serialize, ToSchema)]
#[schema(as = Parked)]
struct ParkedView {
    id: i64,
    event_id: Uuid,
    contact_id: Uuid,
    kind: String,
    attempts: i64,
    parked_at: i64,
    error: Option<String>,
}

/// Events that could not be applied, oldest first.
#[utoipa::path(get, path = "/parked", operation_id = "listParked", tag = "status", params(PageQuery),
    responses((status = 200, body = Page<ParkedView>, description = "A page of them")), extensions(("x-permission" = json!("read"))))]
async fn list_parked(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<ParkedView>>> {
    let (after, limit) = (page.after::<i64>()?, page.limit());
    let rows = app.read(move |tx| parked::page(tx, caller.workspace, after, limit + 1)).await?;
    Ok(Json(Page::cut(rows, limit, |row| row.id).map(|row| ParkedView {
        id: row.id,
        event_id: row.event.0,
        contact_id: row.contact.0,
        kind: row.kind,
        attempts: row.attempts,
        parked_at: row.parked_at,
        error: row.error,
    })))
}

/// How many are tried again.
#[derive(Serialize, ToSchema)]
struct Replayed {
    replayed: u64,
}

/// Tries one again.
#[utoipa::path(post, path = "/parked/{id}/replay", operation_id = "replayParked", tag = "status", params(("id" = i64, Path)),
    responses((status = 202, body = Replayed, description = "Tried again in a moment")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn replay_parked(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<i64>,
) -> Answer<Accepted<Replayed>> {
    let act = app.act(&caller);
    app.write(move |tx| {
        parked::replay(tx, act.workspace, id)?;
        act.note(tx, "parked.replay", Uuid::nil(), &serde_json::json!({ "id": id }))
    })
    .await?;
    app.engine.hints.events.notify_one();
    Ok(Accepted(Replayed { replayed: 1 }))
}

/// Tries all of them again.
#[utoipa::path(post, path = "/parked/replay", operation_id = "replayAllParked", tag = "status",
    responses((status = 202, body = Replayed, description = "Tried again in a moment")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn replay_all_parked(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
) -> Answer<Accepted<Replayed>> {
    let act = app.act(&caller);
    let replayed = app
        .write(move |tx| {
            let replayed = parked::replay_all(tx, act.workspace)?;
            act.note(tx, "parked.replay", Uuid::nil(), &serde_json::json!({ "all": replayed }))?;
            Ok(replayed)
        })
        .await?;
    app.engine.hints.events.notify_one();
    Ok(Accepted(Replayed { replayed }))
}

/// Where the page left off.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LiveQuery {
    /// As the header `Last-Event-ID`, which wins.
    #[serde(default)]
    after: Option<i64>,
}

/// What changes, ids only, as server-sent events.
#[utoipa::path(get, path = "/live", operation_id = "live", tag = "status", params(LiveQuery),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "`changes` and `resync` events")), extensions(("x-permission" = json!("read"))))]
async fn live_changes(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<LiveQuery>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let after = live::last_event_id(&headers, query.after);
    live::stream(&app, caller.workspace, after).await
}
