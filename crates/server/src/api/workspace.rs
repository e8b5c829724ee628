//! The workspace's own settings and its providers.

use axum::Json;
use axum::extract::State;
use engine::broadcast::budget;
use engine::delivery::rehearsal::{Rehearsal, rehearse};
use engine::delivery::{Policy, exclusion, quota};
use engine::workspace::{Kept, kept, settings, view};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::Answer;
use crate::http::{Body, Change, Items};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_workspace, update_workspace))
        .routes(routes!(get_policy, set_policy))
        .routes(routes!(get_spending))
        .routes(routes!(rehearse_policy))
        .routes(routes!(list_event_names))
        .routes(routes!(list_providers))
}

/// The tenant: one shop.
#[derive(Serialize, ToSchema)]
#[schema(as = Workspace)]
struct WorkspaceView {
    id: Uuid,
    name: String,
    /// IANA zone.
    zone: String,
    demo: bool,
    /// Grows with every change of a definition.
    revision: i64,
    created_at: i64,
}

impl From<view::Workspace> for WorkspaceView {
    fn from(row: view::Workspace) -> Self {
        Self { id: row.id.0, name: row.name, zone: row.zone, demo: row.demo, revision: row.revision, created_at: row.created_at }
    }
}

/// The caller's workspace.
#[utoipa::path(get, path = "/workspace", operation_id = "getWorkspace", tag = "workspace",
    responses((status = 200, body = WorkspaceView, description = "The workspace")), extensions(("x-permission" = json!("read"))))]
async fn get_workspace(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<WorkspaceView>> {
    let row = app.read(move |tx| view::find_workspace(tx, caller.workspace)).await?;
    Ok(Json(row.into()))
}

/// What to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WorkspacePatch {
    #[serde(default)]
    name: Option<String>,
    /// IANA zone, e.g. `Asia/Tokyo`.
    #[serde(default)]
    zone: Option<String>,
}

/// Renames the workspace or moves it to another zone.
#[utoipa::path(patch, path = "/workspace", operation_id = "updateWorkspace", tag = "workspace", request_body = WorkspacePatch,
    responses((status = 200, body = WorkspaceView, description = "Changed")), extensions(("x-permission" = json!("settings"))))]
async fn update_workspace(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(patch): Body<WorkspacePatch>,
) -> Answer<Json<WorkspaceView>> {
    let act = app.act(&caller);
    let row = app.write(move |tx| view::update_workspace(tx, &act, patch.name.as_deref(), patch.zone.as_deref())).await?;
    Ok(Json(row.into()))
}

/// Quiet hours, caps and exclusions.
#[utoipa::path(get, path = "/settings/policy", operation_id = "getPolicy", tag = "workspace",
    responses((status = 200, body = Kept<Policy>, description = "The policy")), extensions(("x-permission" = json!("read"))))]
async fn get_policy(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Kept<Policy>>> {
    Ok(Json(app.read(move |tx| kept(tx, caller.workspace, "policy")).await?))
}

/// Sets quiet hours, caps and exclusions; what is left out has its default.
#[utoipa::path(put, path = "/settings/policy", operation_id = "setPolicy", tag = "workspace", request_body = Change<Policy>,
    responses((status = 200, body = Kept<Policy>, description = "Set")), extensions(("x-permission" = json!("settings"))))]
async fn set_policy(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Change { value: policy, base }: Change<Policy>,
) -> Answer<Json<Kept<Policy>>> {
    checked(&app, &caller, &policy).await?;
    let act = app.act(&caller);
    let kept = app.write(move |tx| settings::save(tx, &act, ("policy", "workspace.policy"), policy.clone(), base)).await?;
    Ok(Json(kept))
}

async fn checked(app: &App, caller: &Caller, policy: &Policy) -> Answer<()> {
    policy.check()?;
    let catalog = app.catalog(caller.workspace).await?;
    let problems = policy.exclusions.problems(catalog.as_ref());
    if problems.is_empty() { Ok(()) } else { Err(engine::Error::Invalid(problems).into()) }
}

/// What this policy would have done to the marketing of the last 30 days. Nothing is changed.
#[utoipa::path(post, path = "/settings/policy/rehearsal", operation_id = "rehearsePolicy", tag = "workspace", request_body = Policy,
    responses((status = 200, body = Rehearsal, description = "What would have been")), extensions(("x-permission" = json!("settings"))))]
async fn rehearse_policy(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(policy): Body<Policy>,
) -> Answer<Json<Rehearsal>> {
    checked(&app, &caller, &policy).await?;
    let engine = &app.engine;
    Ok(Json(rehearse(&engine.store, &engine.catalogs, caller.workspace, policy, app.now_ms()).await?))
}

/// Names of the events the shop has reported through the API so far.
#[utoipa::path(get, path = "/settings/event-names", operation_id = "listEventNames", tag = "workspace",
    responses((status = 200, body = Items<String>, description = "In their order, at most 200; empty when none ever came")), extensions(("x-permission" = json!("read"))))]
async fn list_event_names(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<String>>> {
    let items = app.read(move |tx| exclusion::event_names(tx, caller.workspace)).await?;
    Ok(Json(Items { items }))
}

/// What marketing broadcasts cost at most, in yen without tax.
#[derive(Serialize, ToSchema)]
struct Spending {
    /// Of LINE's present month so far.
    this_month: i64,
    /// Of the month before.
    last_month: i64,
}

/// What marketing broadcasts cost at most, as the budget counts it.
#[utoipa::path(get, path = "/settings/spending", operation_id = "getSpending", tag = "workspace",
    responses((status = 200, body = Spending, description = "This month and the last")), extensions(("x-permission" = json!("read"))))]
async fn get_spending(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Spending>> {
    let now = app.now_ms();
    let this = quota::this_month(now);
    let last = quota::this_month(this - 1);
    let spending = app
        .read(move |tx| {
            Ok(Spending {
                this_month: budget::spent(tx, caller.workspace, this, now + 1)?,
                last_month: budget::spent(tx, caller.workspace, last, this)?,
            })
        })
        .await?;
    Ok(Json(spending))
}

/// A LINE provider: the scope of LINE user ids.
#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
struct ProviderView {
    id: Uuid,
    name: String,
    created_at: i64,
}

/// Providers, oldest first.
#[utoipa::path(get, path = "/providers", operation_id = "listProviders", tag = "channels",
    responses((status = 200, body = Items<ProviderView>, description = "Providers")), extensions(("x-permission" = json!("read"))))]
async fn list_providers(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<ProviderView>>> {
    let rows = app.read(move |tx| view::providers(tx, caller.workspace)).await?;
    let items = rows.into_iter().map(|row| ProviderView { id: row.id.0, name: row.name, created_at: row.created_at }).collect();
    Ok(Json(Items { items }))
}
