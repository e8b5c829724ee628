//! Assets (登録メディア): pictures, films, sounds and files for messages.

use std::path::Path;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Request, State};
use engine::asset::files::{self, Kept, Takes};
use engine::asset::{Asset, FILE_MAX, Key, Kind, PICTURE_MAX, db, picture};
use engine::ids::AssetId;
use futures::StreamExt as _;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Body, Created, Done, Ids, Page, PageQuery, Query, bytes};

pub(super) fn routes() -> OpenApiRouter<App> {
    let large = DefaultBodyLimit::max(usize::try_from(PICTURE_MAX).unwrap_or(usize::MAX));
    OpenApiRouter::new()
        // Its body is counted while it is written to disk.
        .routes(routes!(list_assets, upload_asset).layer(DefaultBodyLimit::disable()))
        .routes(routes!(get_asset, update_asset, archive_asset))
        .routes(routes!(set_asset_preview).layer(large))
}

/// A kept file.
#[derive(Serialize, ToSchema)]
#[schema(as = Asset)]
struct AssetView {
    id: Uuid,
    kind: Kind,
    name: String,
    /// '' for none.
    folder: String,
    content_type: String,
    /// Size of the file.
    bytes: i64,
    /// Pictures: pixels.
    width: Option<i64>,
    height: Option<i64>,
    /// Films and sounds: length in ms.
    duration_ms: Option<i64>,
    /// For `originalContentUrl`.
    url: String,
    /// At most 1,024 pixels and 1 MB: for `previewImageUrl`, cards and Flex; null for a film without a picture, and for sounds.
    preview_url: Option<String>,
    /// For an imagemap's `baseUrl`.
    imagemap_url: Option<String>,
    created_at: i64,
}

impl AssetView {
    fn new(app: &App, asset: Asset) -> Self {
        let (width, height) = asset.size.unzip();
        Self {
            url: app.absolute(&asset.path()),
            preview_url: asset.preview_path().map(|path| app.absolute(&path)),
            imagemap_url: asset.imagemap_path().map(|path| app.absolute(&path)),
            id: asset.id.0,
            kind: asset.format.kind(),
            name: asset.name,
            folder: asset.folder,
            content_type: asset.format.content_type().to_owned(),
            bytes: asset.bytes,
            width,
            height,
            duration_ms: asset.duration_ms,
            created_at: asset.created_at,
        }
    }
}

/// Which files.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AssetQuery {
    #[serde(default)]
    #[param(inline)]
    kind: Option<Kind>,
    /// Part of a name or folder.
    #[serde(default)]
    q: String,
}

/// Files that are not put away, newest first.
#[utoipa::path(get, path = "/assets", operation_id = "listAssets", tag = "assets", params(AssetQuery, PageQuery),
    responses((status = 200, body = Page<AssetView>, description = "A page of files")), extensions(("x-permission" = json!("read"))))]
async fn list_assets(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<AssetQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<AssetView>>> {
    let (before, limit) = (page.after::<AssetId>()?, page.limit());
    let filter = db::Filter { kind: query.kind, text: query.q };
    let assets = app.read(move |tx| db::page(tx, caller.workspace, &filter, before, limit + 1)).await?;
    Ok(Json(Page::cut(assets, limit, |asset| asset.id).map(|asset| AssetView::new(&app, asset))))
}

/// One file.
#[utoipa::path(get, path = "/assets/{id}", operation_id = "getAsset", tag = "assets", params(("id" = Uuid, Path)),
    responses((status = 200, body = AssetView, description = "The file")), extensions(("x-permission" = json!("read"))))]
async fn get_asset(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<AssetId>,
) -> Answer<Json<AssetView>> {
    let asset = app.read(move |tx| db::find(tx, caller.workspace, id)).await?;
    Ok(Json(AssetView::new(&app, asset)))
}

/// What the file is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct NewAsset {
    #[serde(default)]
    name: String,
    #[serde(default)]
    folder: String,
    /// Films and sounds: length in ms, as the sender measured it.
    #[serde(default)]
    duration_ms: Option<i64>,
    /// Whether what LINE has no message for is kept too, to be sent as a link.
    #[serde(default)]
    #[param(inline)]
    takes: Accepts,
}

/// What is taken in.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AssetAccepts)]
enum Accepts {
    /// Pictures, films and sounds.
    #[default]
    Media,
    /// Any file.
    Anything,
}

/// Takes in a file: JPEG, PNG or WebP up to 30 MB (kept upright, at most 4,096 pixels wide or high, without the camera's
/// notes), MP4, M4A or MP3 up to 200 MB; with `takes=anything` any other file up to 30 MB, as it came. What it is is told by
/// its bytes.
#[utoipa::path(post, path = "/assets", operation_id = "uploadAsset", tag = "assets", params(NewAsset),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = AssetView, description = "Kept")), extensions(("x-permission" = json!("talk"))))]
async fn upload_asset(
    State(app): State<App>,
    Require(caller, ..): Require<can::Talk>,
    Query(new): Query<NewAsset>,
    request: Request,
) -> Answer<Created<AssetView>> {
    let (key, data) = (Key::draw(), app.engine.settings.data_dir.clone());
    if let Err(problem) = receive(&files::upload(&data, &key), request).await {
        files::discard(&data, &key);
        return Err(problem);
    }
    let permit = app.drawing.acquire().await;
    let (folder, adopted, name) = (data.clone(), key.clone(), new.name.clone());
    let takes = match new.takes {
        Accepts::Media => Takes::Media,
        Accepts::Anything => Takes::Anything,
    };
    let kept = tokio::task::spawn_blocking(move || files::adopt(&folder, &adopted, &name, takes));
    let kept = kept.await.map_err(|_| Code::Internal)??;
    drop(permit);
    let act = app.act(&caller);
    let asset = asset(key, kept, new, act.at);
    let kept = asset.clone();
    let written = app
        .write(move |tx| {
            db::add(tx, act.workspace, &kept)?;
            act.note(tx, "asset.upload", kept.id.0, &serde_json::json!({ "name": kept.name, "bytes": kept.bytes }))
        })
        .await;
    if written.is_err() {
        files::discard(&data, &asset.key);
    }
    written.map(|()| Created(AssetView::new(&app, asset)))
}

fn asset(key: Key, kept: Kept, new: NewAsset, now: i64) -> Asset {
    let Kept { format, bytes, size, preview } = kept;
    let moves = matches!(format.kind(), Kind::Video | Kind::Audio);
    Asset {
        id: AssetId::new(now),
        key,
        name: files::plain_name(&new.name),
        folder: new.folder.trim().to_owned(),
        format,
        bytes,
        size,
        duration_ms: new.duration_ms.filter(|ms| moves && *ms > 0),
        preview,
        created_at: now,
        archived_at: None,
    }
}

/// Writes the body to disk as it comes; more than LINE plays is refused while it comes.
async fn receive(to: &Path, request: Request) -> Answer<()> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "an upload could not be written");
        Problem::new(Code::Internal)
    };
    if let Some(folder) = to.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(failed)?;
    }
    let mut file = tokio::fs::File::create(to).await.map_err(failed)?;
    let mut body = request.into_body().into_data_stream();
    let mut size = 0;
    while let Some(chunk) = body.next().await {
        let broken =
            |_| Problem::new(Code::BadRequest).at("", "file", "ファイルを最後まで受け取れませんでした。もう一度お試しください。");
        let chunk = chunk.map_err(broken)?;
        size += chunk.len() as u64;
        if size > FILE_MAX {
            return Err(Problem::new(Code::TooLarge).at("", "file", "ファイルは200MBまでです。"));
        }
        file.write_all(&chunk).await.map_err(failed)?;
    }
    if size == 0 {
        return Err(Problem::invalid("file", "empty", "ファイルが空です。"));
    }
    file.sync_all().await.map_err(failed)
}

/// What to change; left out: as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssetPatch {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    folder: Option<String>,
}

/// Renames or moves a file.
#[utoipa::path(patch, path = "/assets/{id}", operation_id = "updateAsset", tag = "assets", request_body = AssetPatch, params(("id" = Uuid, Path)),
    responses((status = 200, body = AssetView, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_asset(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<AssetId>,
    Body(patch): Body<AssetPatch>,
) -> Answer<Json<AssetView>> {
    let act = app.act(&caller);
    let changed = app
        .write(move |tx| {
            let mut asset = db::find(tx, act.workspace, id)?;
            asset.name = patch.name.clone().unwrap_or(asset.name);
            asset.folder = patch.folder.clone().unwrap_or(asset.folder);
            db::change(tx, act.workspace, &asset)?;
            act.note(tx, "asset.update", id.0, &serde_json::json!({ "name": asset.name }))?;
            Ok(asset)
        })
        .await?;
    Ok(Json(AssetView::new(&app, changed)))
}

/// The picture that stands for a film before it plays.
#[utoipa::path(put, path = "/assets/{id}/preview", operation_id = "setAssetPreview", tag = "assets", params(("id" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = AssetView, description = "Kept")), extensions(("x-permission" = json!("talk"))))]
async fn set_asset_preview(
    State(app): State<App>,
    Require(caller, ..): Require<can::Talk>,
    Ids(id): Ids<AssetId>,
    request: Request,
) -> Answer<Json<AssetView>> {
    let workspace = caller.workspace;
    let found = app.read(move |tx| db::find(tx, workspace, id)).await?;
    if found.format.kind() != Kind::Video {
        return Err(Problem::invalid("file", "no_film", "見出しの画像を付けられるのは動画だけです。"));
    }
    let sent = bytes(request, &app).await?;
    let permit = app.drawing.acquire().await;
    let (data, key) = (app.engine.settings.data_dir.clone(), found.key);
    let drawn = tokio::task::spawn_blocking(move || {
        let small = picture::prepare_small(&sent)?;
        files::keep_picture(&data, &key, "preview", &small).map_err(files::disk)?;
        Ok::<_, engine::Error>(small.format)
    });
    let format = drawn.await.map_err(|_| Code::Internal)??;
    drop(permit);
    let act = app.act(&caller);
    let changed = app
        .write(move |tx| {
            let asset = Asset { preview: Some(format), ..db::find(tx, act.workspace, id)? };
            db::change(tx, act.workspace, &asset)?;
            act.note(tx, "asset.preview", id.0, &serde_json::json!({}))?;
            Ok(asset)
        })
        .await?;
    Ok(Json(AssetView::new(&app, changed)))
}

/// Puts a file away. Messages that name a picture, film or sound still show it; the link to any other file ends.
#[utoipa::path(delete, path = "/assets/{id}", operation_id = "archiveAsset", tag = "assets", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Put away")), extensions(("x-permission" = json!("define"))))]
async fn archive_asset(State(app): State<App>, Require(caller, ..): Require<can::Define>, Ids(id): Ids<AssetId>) -> Answer<Done> {
    let act = app.act(&caller);
    let gone = app
        .write(move |tx| {
            let asset = db::archive(tx, act.workspace, id, act.at)?;
            act.note(tx, "asset.archive", id.0, &serde_json::json!({}))?;
            Ok(asset)
        })
        .await?;
    if gone.format.kind() == Kind::File {
        let data = app.engine.settings.data_dir.clone();
        tokio::task::spawn_blocking(move || files::discard(&data, &gone.key)).await.map_err(|_| Code::Internal)?;
    }
    Ok(Done)
}
