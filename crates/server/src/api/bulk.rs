//! まとめて操作: one thing done to many contacts, counted first, stopped and taken back at will.

use axum::Json;
use axum::extract::State;
use engine::access::Permission;
use engine::bulk::{self, Bulk, Deed, Foreseen, State as BulkState, Whom};
use engine::ids::BulkId;
use engine::workspace::Catalog;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::segment::context;
use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Accepted, Body, Ids, Page, PageQuery, Query};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_bulks, start_bulk))
        .routes(routes!(preview_bulk))
        .routes(routes!(get_bulk))
        .routes(routes!(stop_bulk))
        .routes(routes!(undo_bulk))
}

/// One of them.
#[derive(Serialize, ToSchema)]
#[schema(as = Bulk)]
struct BulkView {
    id: Uuid,
    deed: Deed,
    state: BulkState,
    /// Contacts to look at.
    total: i64,
    /// Contacts looked at.
    seen: i64,
    /// Contacts it changed.
    changed: i64,
    /// Contacts taken back.
    undone: i64,
    /// Whether it can be taken back.
    returns: bool,
    created_at: i64,
    done_at: Option<i64>,
}

impl From<Bulk> for BulkView {
    fn from(bulk: Bulk) -> Self {
        Self {
            id: bulk.id.0,
            returns: bulk.deed.returns(),
            deed: bulk.deed,
            state: bulk.state,
            total: bulk.total,
            seen: bulk.seen,
            changed: bulk.changed,
            undone: bulk.undone,
            created_at: bulk.created_at,
            done_at: bulk.done_at,
        }
    }
}

/// What, and to whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkWish)]
struct Wish {
    deed: Deed,
    whom: Whom,
}

/// Counts what would follow. Nothing is changed.
#[utoipa::path(post, path = "/bulks/preview", operation_id = "previewBulk", tag = "contacts", request_body = Wish,
    responses((status = 200, body = Foreseen, description = "What would follow")), extensions(("x-permission" = json!("edit_contacts"))))]
async fn preview_bulk(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Body(wish): Body<Wish>,
) -> Answer<Json<Foreseen>> {
    let catalog = app.catalog(caller.workspace).await?;
    let now = app.now_ms();
    let found = app
        .read(move |tx| bulk::foresee(tx, caller.workspace, &context(&catalog, now), &catalog, &wish.deed, &wish.whom))
        .await?;
    Ok(Json(found))
}

/// What starts a シナリオ sends; who may only edit contacts may do none of these.
pub(super) fn may_do<'a>(caller: &Caller, catalog: &Catalog, deeds: impl IntoIterator<Item = &'a Deed>) -> Answer<()> {
    if deeds.into_iter().any(|deed| bulk::may_start(deed, catalog)) { may_send(caller) } else { Ok(()) }
}

/// Whether the caller may do what sends beside what they asked for.
pub(super) fn may_send(caller: &Caller) -> Answer<()> {
    let needed = Permission::SendBroadcast;
    if caller.grant.permits(needed) {
        return Ok(());
    }
    let why = "シナリオが始まる操作です。配信の権限があるスタッフに頼んでください。";
    Err(Problem::new(Code::Forbidden).saying(why).at("", needed.as_str(), "この操作に必要な権限です。"))
}

/// Begins. A deed by which a シナリオ may start takes `send_broadcast` too.
#[utoipa::path(post, path = "/bulks", operation_id = "startBulk", tag = "contacts", request_body = Wish,
    responses((status = 202, body = BulkView, description = "Under way")), extensions(("x-permission" = json!("edit_contacts"))))]
async fn start_bulk(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Body(wish): Body<Wish>,
) -> Answer<Accepted<BulkView>> {
    let catalog = app.catalog(caller.workspace).await?;
    may_do(&caller, &catalog, [&wish.deed])?;
    let act = app.act(&caller);
    let begun = app.write(move |tx| bulk::begin(tx, &act, &catalog, &wish.deed, &wish.whom)).await?;
    app.engine.hints.tasks.notify_one();
    Ok(Accepted(begun.into()))
}

/// The newest first.
#[utoipa::path(get, path = "/bulks", operation_id = "listBulks", tag = "contacts", params(PageQuery),
    responses((status = 200, body = Page<BulkView>, description = "A page")), extensions(("x-permission" = json!("read"))))]
async fn list_bulks(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<BulkView>>> {
    let (before, limit) = (page.after::<Uuid>()?, page.limit());
    let found = app.read(move |tx| bulk::list(tx, caller.workspace, before, limit + 1)).await?;
    Ok(Json(Page::cut(found, limit, |bulk| bulk.id.0).map(Into::into)))
}

/// One.
#[utoipa::path(get, path = "/bulks/{id}", operation_id = "getBulk", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = BulkView, description = "How far it is")), extensions(("x-permission" = json!("read"))))]
async fn get_bulk(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<BulkId>,
) -> Answer<Json<BulkView>> {
    Ok(Json(app.read(move |tx| bulk::find(tx, caller.workspace, id)).await?.into()))
}

/// Stops it; what was done stays, and can be taken back.
#[utoipa::path(post, path = "/bulks/{id}/stop", operation_id = "stopBulk", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = BulkView, description = "Stopped")), extensions(("x-permission" = json!("edit_contacts"))))]
async fn stop_bulk(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Ids(id): Ids<BulkId>,
) -> Answer<Json<BulkView>> {
    let act = app.act(&caller);
    Ok(Json(app.write(move |tx| bulk::stop(tx, &act, id)).await?.into()))
}

/// Takes back exactly what it changed, where nobody has since. If that may start a シナリオ, it takes `send_broadcast` too.
#[utoipa::path(post, path = "/bulks/{id}/undo", operation_id = "undoBulk", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 202, body = BulkView, description = "Being taken back")), extensions(("x-permission" = json!("edit_contacts"))))]
async fn undo_bulk(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Ids(id): Ids<BulkId>,
) -> Answer<Accepted<BulkView>> {
    let catalog = app.catalog(caller.workspace).await?;
    let bulk = app.read(move |tx| bulk::find(tx, caller.workspace, id)).await?;
    may_do(&caller, &catalog, &bulk.deed.back())?;
    let act = app.act(&caller);
    let begun = app.write(move |tx| bulk::undo(tx, &act, id)).await?;
    app.engine.hints.tasks.notify_one();
    Ok(Accepted(begun.into()))
}
