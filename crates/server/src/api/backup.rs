//! バックアップ: copies of the whole installation.

use axum::Json;
use axum::body::{Body as Bytes, Bytes as Piece};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::IntoResponse;
use engine::backup::{self, Backup, Running, Schedule, tar};
use futures::stream::{self, Stream};
use serde::Serialize;
use std::io;
use std::path::PathBuf;
use tokio::io::AsyncReadExt;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code};
use crate::http::{Accepted, Body, Ids};

/// Bytes read at once.
const PIECE: usize = 256 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_backups, start_backup))
        .routes(routes!(set_backup_schedule))
        .routes(routes!(download_backup))
}

/// Copies of this installation.
#[derive(Serialize, ToSchema)]
struct Backups {
    /// Newest first.
    items: Vec<Backup>,
    /// The newest that was asked for.
    running: Option<Running>,
    schedule: Schedule,
    /// `sqlite`: Enishi takes them. `postgres`: whoever runs the database does.
    store: &'static str,
    /// Whether `pg_dump` stands on the server; of PostgreSQL only.
    pg_dump: Option<bool>,
    /// The folder on the server's disk.
    folder: String,
    /// Where the key is kept that is not in any copy: a file's or a variable's name.
    key_place: String,
    /// This workspace takes them and sets their round.
    is_keeper: bool,
    /// They hold this workspace's data alone and may be fetched.
    may_fetch: bool,
    /// The domain clock, Unix ms: what copies are old or young by.
    at: i64,
}

/// Copies that are there, and the daily round.
#[utoipa::path(get, path = "/backups", operation_id = "listBackups", tag = "status",
    responses((status = 200, body = Backups, description = "Copies")), extensions(("x-permission" = json!("settings"))))]
async fn list_backups(State(app): State<App>, Require(caller, ..): Require<can::Settings>) -> Answer<Json<Backups>> {
    let workspace = caller.workspace;
    let (running, schedule, standing) = app
        .read(move |tx| Ok((backup::running(tx, workspace)?, backup::schedule(tx, workspace)?, backup::standing(tx, workspace)?)))
        .await?;
    let sqlite = app.engine.store.dialect() == store::Dialect::Sqlite;
    let folder = backup::folder(&app.engine);
    let place = folder.clone();
    let items = tokio::task::spawn_blocking(move || backup::list(&place)).await.unwrap_or_default();
    Ok(Json(Backups {
        items,
        running: running.filter(|_| standing.is_keeper),
        schedule,
        store: if sqlite { "sqlite" } else { "postgres" },
        pg_dump: (!sqlite).then(|| has_program("pg_dump")),
        folder: folder.display().to_string(),
        key_place: app.engine.settings.key_place.clone(),
        is_keeper: standing.is_keeper,
        may_fetch: standing.is_alone,
        at: app.now_ms(),
    }))
}

fn has_program(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(name).is_file()))
}

/// Begins to take one.
#[utoipa::path(post, path = "/backups", operation_id = "startBackup", tag = "status",
    responses((status = 202, body = Running, description = "Under way")), extensions(("x-permission" = json!("settings"))))]
async fn start_backup(State(app): State<App>, Require(caller, ..): Require<can::Settings>) -> Answer<Accepted<Running>> {
    let act = app.act(&caller);
    let begun = app
        .write(move |tx| {
            backup::begin(tx, &act)?;
            backup::running(tx, act.workspace)?.ok_or(engine::Error::NotFound)
        })
        .await?;
    app.engine.hints.tasks.notify_one();
    Ok(Accepted(begun))
}

/// Sets the daily round.
#[utoipa::path(put, path = "/backups/schedule", operation_id = "setBackupSchedule", tag = "status", request_body = Schedule,
    responses((status = 200, body = Schedule, description = "Set")), extensions(("x-permission" = json!("settings"))))]
async fn set_backup_schedule(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Body(wanted): Body<Schedule>,
) -> Answer<Json<Schedule>> {
    let act = app.act(&caller);
    app.write(move |tx| backup::set_schedule(tx, &act, &wanted)).await?;
    Ok(Json(wanted))
}

/// A copy as one file, where no other workspace's data is in it.
#[utoipa::path(get, path = "/backups/{name}/file", operation_id = "downloadBackup", tag = "status", params(("name" = String, Path)),
    responses((status = 200, content_type = "application/x-tar", body = Vec<u8>, description = "The copy's folder")), extensions(("x-permission" = json!("settings"))))]
async fn download_backup(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(name): Ids<String>,
) -> Answer<impl IntoResponse> {
    let folder = backup::find(&app.engine, caller.workspace, &name).await?;
    let entries = tokio::task::spawn_blocking(move || tar::entries(&folder)).await;
    let entries = entries.ok().and_then(Result::ok).ok_or(Code::NotFound)?;
    let act = app.act(&caller);
    let noted = name.clone();
    app.write(move |tx| act.note(tx, "backup.download", act.workspace.0, &serde_json::json!({ "name": noted }))).await?;
    let headers = [
        (CONTENT_TYPE, "application/x-tar".to_owned()),
        (CONTENT_LENGTH, tar::length(&entries).to_string()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"enishi-backup-{name}.tar\"")),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Bytes::from_stream(pieces(entries))))
}

/// Where the stream stands.
struct Place {
    left: std::vec::IntoIter<tar::Entry>,
    /// The file, and how many of its bytes are still to come.
    open: Option<(tokio::fs::File, u64, u64)>,
    ended: bool,
}

fn pieces(entries: Vec<tar::Entry>) -> impl Stream<Item = io::Result<Piece>> {
    let start = Place { left: entries.into_iter(), open: None, ended: false };
    stream::try_unfold(start, async |mut place| {
        if let Some((file, left, size)) = place.open.take() {
            return body(place, file, left, size).await.map(Some);
        }
        if let Some(entry) = place.left.next() {
            let header = Piece::copy_from_slice(&tar::header(&entry)?);
            let file = tokio::fs::File::open(&entry.path as &PathBuf).await?;
            place.open = Some((file, entry.size, entry.size));
            return Ok(Some((header, place)));
        }
        if place.ended {
            return Ok(None);
        }
        place.ended = true;
        Ok(Some((Piece::from_static(&[0; 2 * tar::BLOCK as usize]), place)))
    })
}

async fn body(mut place: Place, mut file: tokio::fs::File, left: u64, size: u64) -> io::Result<(Piece, Place)> {
    if left == 0 {
        let pad = usize::try_from(size.next_multiple_of(tar::BLOCK) - size).unwrap_or(0);
        return Ok((Piece::from(vec![0; pad]), place));
    }
    let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
    let read = file.read(&mut piece).await?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    piece.truncate(read);
    place.open = Some((file, left - read as u64, size));
    Ok((piece.into(), place))
}
