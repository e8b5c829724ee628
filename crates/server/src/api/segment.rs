//! Segments (セグメント): saved conditions, counted and explained.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use engine::contact::db as contacts;
use engine::ids::{ContactId, SegmentId};
use engine::segment::{Condition, Context, Explained, Use, db, explain};
use engine::workspace::Catalog;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Created, Done, Ids, Items, Total};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_segments, create_segment))
        .routes(routes!(get_segment, update_segment, delete_segment))
        .routes(routes!(count_segment))
        .routes(routes!(explain_segment))
}

/// A segment is counted up to here.
const COUNT_CAP: i64 = 100_000;

/// A saved condition.
#[derive(Serialize, ToSchema)]
#[schema(as = Segment)]
struct SegmentView {
    id: Uuid,
    name: String,
    condition: Condition,
    created_at: i64,
    updated_at: i64,
}

impl From<db::Segment> for SegmentView {
    fn from(segment: db::Segment) -> Self {
        let db::Segment { id, name, condition, created_at, updated_at } = segment;
        Self { id: id.0, name, condition, created_at, updated_at }
    }
}

/// Segments by name.
#[utoipa::path(get, path = "/segments", operation_id = "listSegments", tag = "segments",
    responses((status = 200, body = Items<SegmentView>, description = "Segments")), extensions(("x-permission" = json!("read"))))]
async fn list_segments(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<SegmentView>>> {
    let items = app.read(move |tx| db::list(tx, caller.workspace)).await?;
    Ok(Json(Items { items: items.into_iter().map(Into::into).collect() }))
}

/// Name and condition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "全員", "condition": {"is": "all", "of": []}}))]
struct NewSegment {
    name: String,
    #[schema(value_type = Condition)]
    condition: Value,
}

/// Saves a condition.
#[utoipa::path(post, path = "/segments", operation_id = "createSegment", tag = "segments", request_body = NewSegment,
    responses((status = 201, body = SegmentView, description = "Saved")), extensions(("x-permission" = json!("define"))))]
async fn create_segment(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(new): Body<NewSegment>,
) -> Answer<Created<SegmentView>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let segment = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            db::create(tx, &act, &*words, &new.name, &new.condition)
        })
        .await?;
    Ok(Created(segment.into()))
}

/// One segment.
#[utoipa::path(get, path = "/segments/{id}", operation_id = "getSegment", tag = "segments", params(("id" = Uuid, Path)),
    responses((status = 200, body = SegmentView, description = "The segment")), extensions(("x-permission" = json!("read"))))]
async fn get_segment(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<SegmentId>,
) -> Answer<Json<SegmentView>> {
    Ok(Json(app.read(move |tx| db::find(tx, caller.workspace, id)).await?.into()))
}

/// Replaces name and condition.
#[utoipa::path(put, path = "/segments/{id}", operation_id = "updateSegment", tag = "segments", request_body = NewSegment, params(("id" = Uuid, Path)),
    responses((status = 200, body = SegmentView, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_segment(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<SegmentId>,
    Body(new): Body<NewSegment>,
) -> Answer<Json<SegmentView>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let segment = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            db::update(tx, &act, &*words, id, &new.name, &new.condition)
        })
        .await?;
    Ok(Json(segment.into()))
}

/// Deletes a segment that no open broadcast names.
#[utoipa::path(delete, path = "/segments/{id}", operation_id = "deleteSegment", tag = "segments", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("define"))))]
async fn delete_segment(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<SegmentId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| db::delete(tx, &act, id)).await?;
    Ok(Done)
}

/// A condition, or a saved one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    #[serde(default)]
    #[schema(value_type = Option<Condition>)]
    condition: Option<Value>,
    #[serde(default)]
    segment_id: Option<Uuid>,
}

/// Reads the condition a request speaks of.
pub(super) async fn resolve(
    app: &App,
    caller: &Caller,
    condition: Option<&Value>,
    segment: Option<Uuid>,
) -> Answer<(Arc<Catalog>, Condition)> {
    let catalog = app.catalog(caller.workspace).await?;
    match (condition, segment) {
        (Some(json), None) => {
            let condition = Condition::read(json, "condition", Use::Audience, &*catalog).map_err(engine::Error::Invalid)?;
            Ok((catalog, condition))
        }
        (None, Some(id)) => {
            let workspace = caller.workspace;
            let segment = app.read(move |tx| db::find(tx, workspace, SegmentId(id))).await?;
            Ok((catalog, segment.condition))
        }
        _ => Err(Problem::new(Code::Invalid).at(
            "condition",
            "required",
            "condition か segment_id のどちらか一方を指定してください。",
        )),
    }
}

/// What conditions are judged against now.
pub(super) fn context(catalog: &Catalog, now: i64) -> Context<'_> {
    Context { now, zone: &catalog.zone, words: catalog, event: None }
}

/// How many contacts fit, exact up to 100,000.
#[utoipa::path(post, path = "/segments/count", operation_id = "countSegment", tag = "segments", request_body = Which,
    responses((status = 200, body = Total, description = "How many")), extensions(("x-permission" = json!("read"))))]
async fn count_segment(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Body(which): Body<Which>,
) -> Answer<Json<Total>> {
    let (catalog, condition) = resolve(&app, &caller, which.condition.as_ref(), which.segment_id).await?;
    let now = app.now_ms();
    let found = app.read(move |tx| db::count(tx, catalog.workspace, &condition, &context(&catalog, now), COUNT_CAP)).await?;
    Ok(Json(Total::capped(found, COUNT_CAP)))
}

/// A condition and a contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExplainQuestion {
    #[serde(default)]
    #[schema(value_type = Option<Condition>)]
    condition: Option<Value>,
    #[serde(default)]
    segment_id: Option<Uuid>,
    contact_id: Uuid,
}

/// Why a contact fits or does not.
#[derive(Serialize, ToSchema)]
struct Explanation {
    matches: bool,
    tree: Explained,
}

/// Explains, sentence by sentence, why a contact fits a condition or not.
#[utoipa::path(post, path = "/segments/explain", operation_id = "explainSegment", tag = "segments", request_body = ExplainQuestion,
    responses((status = 200, body = Explanation, description = "Why")), extensions(("x-permission" = json!("read"))))]
async fn explain_segment(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Body(question): Body<ExplainQuestion>,
) -> Answer<Json<Explanation>> {
    let (catalog, condition) = resolve(&app, &caller, question.condition.as_ref(), question.segment_id).await?;
    let id = ContactId(question.contact_id);
    let contact = app.read(move |tx| contacts::load(tx, caller.workspace, &[id])).await?.remove(&id).ok_or(Code::NotFound)?;
    let tree = explain(&condition, &contact, &context(&catalog, app.now_ms()));
    Ok(Json(Explanation { matches: tree.holds, tree }))
}
