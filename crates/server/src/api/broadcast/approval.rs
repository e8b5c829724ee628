//! Approval by a second person (承認).

use axum::Json;
use axum::extract::State;
use engine::broadcast::approval::{self, Approval, Decision};
use engine::ids::BroadcastId;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::Answer;
use crate::http::{Body, Ids};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(request_approval)).routes(routes!(approve_broadcast)).routes(routes!(return_broadcast))
}

/// Asks for a second person's approval of the draft as it is; a later change needs a new one.
#[utoipa::path(post, path = "/broadcasts/{id}/approval", operation_id = "requestApproval", tag = "broadcasts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Approval, description = "Asked")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn request_approval(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
) -> Answer<Json<Approval>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let asked = app
        .write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            approval::request(tx, &act, &catalog, id)
        })
        .await?;
    app.engine.hints.tasks.notify_one();
    Ok(Json(asked))
}

/// What the second person writes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApprovalComment {
    /// At most 1,000 characters; needed when it is sent back.
    #[serde(default)]
    comment: String,
    /// `seen` of the preview that was shown; refused with `edited_meanwhile` when draft, messages or audience have changed
    /// since. Left out: whatever is there.
    #[serde(default)]
    seen: Option<String>,
}

async fn decide(
    app: &App,
    caller: &Caller,
    id: BroadcastId,
    decision: Decision,
    said: ApprovalComment,
) -> Answer<Json<Approval>> {
    let (act, catalogs) = (app.act(caller), app.engine.catalogs.clone());
    let decided = app
        .write(move |tx| {
            let catalog = catalogs.get(tx, act.workspace)?;
            approval::still(tx, &catalog, id, said.seen.as_deref())?;
            approval::decide(tx, &act, &catalog, id, (decision, &said.comment))
        })
        .await?;
    app.engine.hints.tasks.notify_one();
    Ok(Json(decided))
}

/// Approves a draft: one of the staff who neither made, changed nor asked for it. Nothing is sent by this.
#[utoipa::path(post, path = "/broadcasts/{id}/approve", operation_id = "approveBroadcast", tag = "broadcasts", request_body = ApprovalComment,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Approval, description = "Approved")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn approve_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
    Body(body): Body<ApprovalComment>,
) -> Answer<Json<Approval>> {
    decide(&app, &caller, id, Decision::Approve, body).await
}

/// Sends a draft back with what is to be mended.
#[utoipa::path(post, path = "/broadcasts/{id}/return", operation_id = "returnBroadcast", tag = "broadcasts", request_body = ApprovalComment,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Approval, description = "Sent back")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn return_broadcast(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<BroadcastId>,
    Body(body): Body<ApprovalComment>,
) -> Answer<Json<Approval>> {
    decide(&app, &caller, id, Decision::Return, body).await
}
