//! まるごと書き出し: everything of the workspace as one archive, for leaving.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use engine::ids::TaskId;
use engine::takeout::{self, KEEP_MS, Takeout};
use futures::stream;
use serde::Serialize;
use tokio::io::AsyncReadExt;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code};
use crate::http::{Accepted, Ids, Items};

/// Bytes read at once.
const PIECE: usize = 256 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_takeouts, start_takeout)).routes(routes!(download_takeout))
}

/// One that was asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = Takeout)]
struct TakeoutView {
    id: Uuid,
    /// queued, running, done, failed.
    state: String,
    /// Contacts written so far.
    contacts: i64,
    /// Size of the archive.
    bytes: Option<i64>,
    /// Until when it can be fetched; null when it cannot.
    until: Option<i64>,
    created_at: i64,
    done_at: Option<i64>,
}

impl TakeoutView {
    fn new(one: Takeout, app: &App, workspace: engine::ids::WorkspaceId) -> Self {
        let until = one.done_at.filter(|_| one.state == "done").map(|at| at + KEEP_MS);
        let there = until.filter(|until| *until > app.now_ms() && takeout::path(&app.engine, workspace, one.id).exists());
        Self {
            id: one.id.0,
            state: one.state,
            contacts: one.contacts,
            bytes: one.bytes,
            until: there,
            created_at: one.created_at,
            done_at: one.done_at,
        }
    }
}

/// The newest ten.
#[utoipa::path(get, path = "/takeouts", operation_id = "listTakeouts", tag = "workspace",
    responses((status = 200, body = Items<TakeoutView>, description = "Archives")), extensions(("x-permission" = json!("settings"))))]
async fn list_takeouts(State(app): State<App>, Require(caller, ..): Require<can::Settings>) -> Answer<Json<Items<TakeoutView>>> {
    let found = app.read(move |tx| takeout::list(tx, caller.workspace)).await?;
    Ok(Json(Items { items: found.into_iter().map(|one| TakeoutView::new(one, &app, caller.workspace)).collect() }))
}

/// Begins to write one.
#[utoipa::path(post, path = "/takeouts", operation_id = "startTakeout", tag = "workspace",
    responses((status = 202, body = TakeoutView, description = "Under way")), extensions(("x-permission" = json!("settings"))))]
async fn start_takeout(State(app): State<App>, Require(caller, ..): Require<can::Settings>) -> Answer<Accepted<TakeoutView>> {
    let act = app.act(&caller);
    let begun = app.write(move |tx| takeout::begin(tx, &act)).await?;
    app.engine.hints.tasks.notify_one();
    Ok(Accepted(TakeoutView::new(begun, &app, caller.workspace)))
}

/// The archive, for three days.
#[utoipa::path(get, path = "/takeouts/{id}/file", operation_id = "downloadTakeout", tag = "workspace", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>, description = "The archive")), extensions(("x-permission" = json!("settings"))))]
async fn download_takeout(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<TaskId>,
) -> Answer<impl IntoResponse> {
    let one = app.read(move |tx| takeout::find(tx, caller.workspace, id)).await?;
    let path = takeout::path(&app.engine, caller.workspace, id);
    if one.done_at.is_none_or(|at| at + KEEP_MS <= app.now_ms()) {
        let _ = tokio::fs::remove_file(&path).await;
        return Err(Code::NotFound.into());
    }
    let file = tokio::fs::File::open(&path).await.map_err(|_| Code::NotFound)?;
    let act = app.act(&caller);
    app.write(move |tx| act.note(tx, "takeout.download", id.0, &serde_json::json!({}))).await?;
    let pieces = stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    let headers = [
        (CONTENT_TYPE, "application/zip"),
        (CONTENT_DISPOSITION, "attachment; filename=\"enishi-takeout.zip\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(pieces)))
}
