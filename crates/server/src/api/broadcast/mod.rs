//! Broadcasts (一斉配信).

mod approval;
mod look;
mod safety;

use std::collections::{BTreeMap, HashSet};

use axum::extract::State;
use axum::{Extension, Json};
use engine::broadcast::approval::{Approval, confirm, find as approval_of, waiting};
use engine::broadcast::preview::{Preview, preview};
use engine::broadcast::{Audience, Broadcast, BroadcastInput, Command, Counts, State as BroadcastState, db};
use engine::delivery::Lane;
use engine::ids::{BroadcastId, ChannelId, WorkspaceId};
use engine::link::count::{Figures, of_cause};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::event::{Speech, say};
use super::template::Taken;
use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Accepted, Body, Created, Done, Ids, Page, PageQuery, Query, Time};
use crate::idempotency::Stamp;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_broadcasts, create_broadcast))
        .routes(routes!(get_broadcast, update_broadcast, delete_broadcast))
        .routes(routes!(preview_broadcast))
        .routes(routes!(confirm_broadcast))
        .routes(routes!(pause_broadcast))
        .routes(routes!(resume_broadcast))
        .routes(routes!(cancel_broadcast))
        .routes(routes!(test_broadcast))
        .merge(approval::routes())
        .merge(look::routes())
        .merge(safety::routes())
}

/// Which broadcasts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BroadcastQuery {
    /// In one of these states, separated by commas; all when left out.
    #[serde(default)]
    state: String,
    /// From this account; from any when left out.
    #[serde(default)]
    channel: Option<Uuid>,
    /// Part of the name.
    #[serde(default)]
    q: String,
}

/// A broadcast in a list.
#[derive(Serialize, ToSchema)]
struct BroadcastRow {
    #[serde(flatten)]
    broadcast: Broadcast,
    /// 承認待ち: a second person has been asked.
    awaits_approval: bool,
}

/// Broadcasts, newest first, without counts.
#[utoipa::path(get, path = "/broadcasts", operation_id = "listBroadcasts", tag = "broadcasts", params(BroadcastQuery, PageQuery),
    responses((status = 200, body = Page<BroadcastRow>, description = "A page of broadcasts")), extensions(("x-permission" = json!("read"))))]
async fn list_broadcasts(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<BroadcastQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<BroadcastRow>>> {
    let (before, limit) = (page.after::<BroadcastId>()?, page.limit());
    let words = query.state.split(',').map(str::trim).filter(|word| !word.is_empty());
    let states = words.map(|word| word.parse::<BroadcastState>().map_err(|()| word.to_owned())).collect::<Result<Vec<_>, _>>();
    let states = states
        .map_err(|word| Problem::new(Code::BadRequest).at("state", "unknown", format!("「{word}」という状態はありません。")))?;
    let filter = db::Filter { states, channel: query.channel.map(ChannelId), q: query.q };
    let (broadcasts, asked) = app
        .read(move |tx| {
            let found = db::page(tx, caller.workspace, &filter, before, limit + 1)?;
            let drafts: Vec<BroadcastId> =
                found.iter().filter(|one| one.state == BroadcastState::Draft).map(|one| one.id).collect();
            let asked = waiting(tx, caller.workspace, &drafts)?;
            Ok((found, asked))
        })
        .await?;
    let asked: HashSet<BroadcastId> = asked.into_iter().collect();
    let page = Page::cut(broadcasts, limit, |broadcast| broadcast.id);
    Ok(Json(page.map(|broadcast| BroadcastRow { awaits_approval: asked.contains(&broadcast.id), broadcast })))
}

/// Reads a broadcast; its times may be RFC 3339.
fn input(mut body: Value) -> Answer<BroadcastInput> {
    for field in ["send_at", "not_after"] {
        if let Some(value) = body.get_mut(field).filter(|value| value.is_string()) {
            let time: Time = serde_json::from_value(value.take()).map_err(|_| {
                Problem::new(Code::BadRequest).at(field, "type", "日時は Unix ミリ秒か RFC 3339 で指定してください。")
            })?;
            *value = time.0.into();
        }
    }
    serde_path_to_error::deserialize(body).map_err(|error| {
        let path = error.path().to_string();
        Problem::new(Code::BadRequest).at(
            if path == "." { String::new() } else { path },
            "type",
            format!("読み取れません: {}", error.inner()),
        )
    })
}

/// A saved segment that is named must be there.
fn check_segment(tx: &mut store::Tx<'_>, workspace: WorkspaceId, audience: &Audience) -> engine::Result<()> {
    let Audience::Segment { segment } = audience else { return Ok(()) };
    match engine::segment::db::find(tx, workspace, *segment) {
        Err(engine::Error::NotFound) => {
            Err(engine::Error::bad("unknown_segment", "audience.segment", "このセグメントはありません。選び直してください。"))
        }
        other => other.map(drop),
    }
}

/// Makes a draft; nothing is sent before it is confirmed.
#[utoipa::path(post, path = "/broadcasts", operation_id = "createBroadcast", tag = "broadcasts", request_body = BroadcastInput,
    responses((status = 201, body = Broadcast, description = "A draft")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn create_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Body(body): Body<Value>,
) -> Answer<Created<Broadcast>> {
    let (act, catalogs, input) = (app.act(&caller), app.engine.catalogs.clone(), input(body)?);
    let broadcast = app
        .write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            check_segment(tx, act.workspace, &input.audience)?;
            db::create(tx, &act, &catalog, input.clone())
        })
        .await?;
    Ok(Created(broadcast))
}

/// A broadcast and where its recipients stand.
#[derive(Serialize, ToSchema)]
struct BroadcastWithCounts {
    #[serde(flatten)]
    broadcast: Broadcast,
    counts: Counts,
    /// Who opened its links.
    clicks: Figures,
    /// What became of asking a second person, if anybody did.
    approval: Option<Approval>,
    /// Names of the staff who made, changed, asked for or approved it, by actor (`user:<id>`).
    names: BTreeMap<String, String>,
}

/// Names of the staff behind a broadcast.
fn names(
    tx: &mut store::Tx<'_>,
    workspace: WorkspaceId,
    broadcast: &Broadcast,
    approval: Option<&Approval>,
) -> engine::Result<BTreeMap<String, String>> {
    let mut actors = vec![broadcast.created_by.as_str(), broadcast.updated_by.as_str()];
    if let Some(approval) = approval {
        actors.push(&approval.requested_by);
        actors.extend(approval.decided_by.as_deref());
    }
    engine::access::db::names_of(tx, workspace, &actors)
}

/// One broadcast with counts and clicks.
#[utoipa::path(get, path = "/broadcasts/{id}", operation_id = "getBroadcast", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = BroadcastWithCounts, description = "The broadcast")), extensions(("x-permission" = json!("read"))))]
async fn get_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<BroadcastWithCounts>> {
    let (workspace, catalogs) = (caller.workspace, app.engine.catalogs.clone());
    let whole = app
        .read(move |tx| {
            let (catalog, broadcast) = (catalogs.get(tx, workspace)?, db::find(tx, workspace, id)?);
            let approval = approval_of(tx, &catalog, &broadcast)?;
            Ok(BroadcastWithCounts {
                counts: db::counts(tx, workspace, id)?,
                clicks: of_cause(tx, workspace, id.0)?,
                names: names(tx, workspace, &broadcast, approval.as_ref())?,
                approval,
                broadcast,
            })
        })
        .await?;
    Ok(Json(whole))
}

/// Replaces a draft; what was approved is approved no more.
#[utoipa::path(put, path = "/broadcasts/{id}", operation_id = "updateBroadcast", tag = "broadcasts", request_body = BroadcastInput, params(("id" = Uuid, Path)),
    responses((status = 200, body = Broadcast, description = "Changed")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn update_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
    Body(body): Body<Value>,
) -> Answer<Json<Broadcast>> {
    let (act, catalogs, input) = (app.act(&caller), app.engine.catalogs.clone(), input(body)?);
    let broadcast = app
        .write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            db::find(tx, act.workspace, id)?;
            check_segment(tx, act.workspace, &input.audience)?;
            db::update(tx, &act, &catalog, id, input.clone())
        })
        .await?;
    Ok(Json(broadcast))
}

/// Deletes a draft.
#[utoipa::path(delete, path = "/broadcasts/{id}", operation_id = "deleteBroadcast", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn delete_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| db::delete(tx, &act, id)).await?;
    Ok(Done)
}

/// Who, how many, what it costs, who will be refused and why. Nothing is written.
#[utoipa::path(post, path = "/broadcasts/{id}/preview", operation_id = "previewBroadcast", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Preview, description = "As things stand")), extensions(("x-permission" = json!("read"))))]
async fn preview_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<Preview>> {
    let found = preview(&app.engine.store, &app.engine.catalogs, (caller.workspace, id), app.now_ms()).await?;
    Ok(Json(found))
}

async fn order(app: &App, caller: &Caller, id: BroadcastId, command: Command) -> Answer<Json<Broadcast>> {
    let (act, catalogs) = (app.act(caller), app.engine.catalogs.clone());
    let broadcast = app
        .write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            db::command(tx, &act, &catalog, id, command)
        })
        .await?;
    app.engine.broadcasts.wake();
    Ok(Json(broadcast))
}

/// What was looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmWish {
    /// `seen` of the preview that was shown; refused with `edited_meanwhile` when draft, messages or audience have changed
    /// since. Left out: whatever is there.
    #[serde(default)]
    seen: Option<String>,
}

/// Confirms a draft: it goes at its time. Where the shop's rules ask for a second person, only with their approval.
#[utoipa::path(post, path = "/broadcasts/{id}/confirm", operation_id = "confirmBroadcast", tag = "broadcasts", request_body = ConfirmWish, params(("id" = Uuid, Path)),
    responses((status = 200, body = Broadcast, description = "Confirmed")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn confirm_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
    Body(wish): Body<ConfirmWish>,
) -> Answer<Json<Broadcast>> {
    let broadcast = confirm(&app.engine.store, &app.engine.catalogs, app.act(&caller), (id, wish.seen)).await?;
    app.engine.broadcasts.wake();
    Ok(Json(broadcast))
}

/// Pauses; requests already fixed (two seconds' worth at most) still go.
#[utoipa::path(post, path = "/broadcasts/{id}/pause", operation_id = "pauseBroadcast", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Broadcast, description = "Paused")), extensions(("x-permission" = json!("stop_channel"))))]
async fn pause_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::StopChannel>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<Broadcast>> {
    order(&app, &caller, id, Command::Pause).await
}

/// Goes on, also after the first percent.
#[utoipa::path(post, path = "/broadcasts/{id}/resume", operation_id = "resumeBroadcast", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Broadcast, description = "Goes on")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn resume_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<Broadcast>> {
    order(&app, &caller, id, Command::Resume).await
}

/// Cancels what has not gone; for good.
#[utoipa::path(post, path = "/broadcasts/{id}/cancel", operation_id = "cancelBroadcast", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Broadcast, description = "Cancelled")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn cancel_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<Broadcast>> {
    order(&app, &caller, id, Command::Cancel).await
}

/// Who gets a test.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BroadcastTest {
    /// 1–20 people, best of the own staff.
    contact_ids: Vec<Uuid>,
}

/// Sends the broadcast's messages to a few people now.
#[utoipa::path(post, path = "/broadcasts/{id}/test", operation_id = "testBroadcast", tag = "broadcasts", request_body = BroadcastTest, params(("id" = Uuid, Path)),
    responses((status = 202, body = Taken, description = "On its way")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn test_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
    stamp: Option<Extension<Stamp>>,
    Body(test): Body<BroadcastTest>,
) -> Answer<Accepted<Taken>> {
    let workspace = caller.workspace;
    let broadcast = app.read(move |tx| db::find(tx, workspace, id)).await?;
    let channel: ChannelId = broadcast.channel_id;
    let speech = Speech { template: Some(broadcast.template_id), messages: None, lane: Lane::Transactional, test: true };
    let events = say(&app, &caller, channel, &test.contact_ids, speech, stamp.map(|Extension(stamp)| stamp)).await?;
    Ok(Accepted(Taken { events }))
}
