//! Files that customers sent, as they were kept.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::conversation::view;
use engine::ids::ContactId;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::Ids;

/// What the content task wrote down.
#[derive(Deserialize)]
struct Kept {
    state: String,
    #[serde(default)]
    file: String,
    #[serde(default, rename = "type")]
    content_type: String,
}

/// The file of a message. Pictures, sounds and videos are shown, by the type that their bytes tell; all else is a download.
#[utoipa::path(get, path = "/contacts/{id}/media/{message_id}", operation_id = "getMedia", tag = "contacts",
    params(("id" = Uuid, Path), ("message_id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>, description = "The file")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn get_media(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids((contact, id)): Ids<(ContactId, Uuid)>,
) -> Answer<Response> {
    let workspace = caller.workspace;
    let message = app.read(move |tx| view::find_message(tx, workspace, contact, id)).await?;
    let kept: Kept = message.media.as_deref().and_then(|json| serde_json::from_str(json).ok()).ok_or(Code::NotFound)?;
    if kept.state != "kept" || !is_ours(&kept.file, workspace.0) {
        return Err(Code::NotFound.into());
    }
    let path = app.engine.settings.data_dir.join(&kept.file);
    let bytes = tokio::fs::read(&path).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::new(Code::NotFound),
        _ => {
            tracing::error!(%error, "a kept file could not be read");
            Problem::new(Code::Internal)
        }
    })?;
    let shown = ["image/jpeg", "image/png", "image/gif", "image/webp", "audio/mp4", "audio/mpeg", "video/mp4"]
        .contains(&kept.content_type.as_str());
    let content_type = if shown { kept.content_type.as_str() } else { "application/octet-stream" };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap_or(HeaderValue::from_static("application/octet-stream"))),
        (CONTENT_DISPOSITION, HeaderValue::from_static(if shown { "inline" } else { "attachment" })),
        (CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((StatusCode::OK, headers, bytes).into_response())
}

/// Names of kept files are `media/<workspace>/<digits>`; anything else is never opened.
fn is_ours(file: &str, workspace: Uuid) -> bool {
    file.strip_prefix(&format!("media/{workspace}/"))
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric()))
}
