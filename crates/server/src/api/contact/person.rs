//! A person's own data: handed out, erased; two contacts made one, and split again.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use axum::response::IntoResponse;
use engine::contact::erase::{Tombs, erase};
use engine::contact::{db, merge, person};
use engine::ids::{ContactId, MergeId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Problem};
use crate::http::{Body, Done, Ids};

/// Everything known of one person, as a file for them.
#[utoipa::path(get, path = "/contacts/{id}/data", operation_id = "contactData", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = Object, description = "All of it")), extensions(("x-permission" = json!("export"))))]
pub(super) async fn contact_data(
    State(app): State<App>,
    Require(caller, ..): Require<can::Export>,
    Ids(id): Ids<ContactId>,
) -> Answer<impl IntoResponse> {
    let catalog = app.catalog(caller.workspace).await?;
    let act = app.act(&caller);
    let document: Value = app.read(move |tx| person::document(tx, &catalog, id)).await?;
    app.write(move |tx| act.note(tx, "contact.data", id.0, &serde_json::json!({}))).await?;
    let headers = [(CONTENT_DISPOSITION, "attachment; filename=\"person.json\""), (CACHE_CONTROL, "no-store")];
    Ok((headers, Json(document)))
}

/// The word that must be typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"confirm": "山田 花子"}))]
pub(super) struct Erasure {
    /// The shown name, or 削除 for who has none.
    confirm: String,
}

/// Erases a person: names and content go, and cannot be had back.
#[utoipa::path(post, path = "/contacts/{id}/erase", operation_id = "eraseContact", tag = "contacts", request_body = Erasure, params(("id" = Uuid, Path)),
    responses((status = 204, description = "Erased")), extensions(("x-permission" = json!("settings"))))]
pub(super) async fn erase_contact(
    State(app): State<App>,
    Require(caller, ..): Require<can::Settings>,
    Ids(id): Ids<ContactId>,
    Body(erasure): Body<Erasure>,
) -> Answer<Done> {
    let act = app.act(&caller);
    let tombs = Tombs::of(&app.engine.vault, caller.workspace);
    app.write(move |tx| {
        let contact = db::load(tx, act.workspace, &[id])?.remove(&id).ok_or(engine::Error::NotFound)?;
        let word = contact.display_name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("削除");
        if erasure.confirm.trim() != word {
            return Err(engine::Error::bad("confirm", "confirm", "名前が一致しません。表示どおりに入力してください。"));
        }
        erase(tx, &act, &tombs, id)
    })
    .await?;
    app.engine.hints.tasks.notify_one();
    Ok(Done)
}

/// Who goes into this contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeWish {
    contact_id: Uuid,
}

/// What was done.
#[derive(Serialize, ToSchema)]
pub(super) struct MergeDone {
    /// Names the merge, for splitting.
    id: Uuid,
    contact_id: Uuid,
}

/// Makes two contacts one: the other's names, ties and talks move here, its history is read along.
#[utoipa::path(post, path = "/contacts/{id}/merge", operation_id = "mergeContacts", tag = "contacts", request_body = MergeWish, params(("id" = Uuid, Path)),
    responses((status = 200, body = MergeDone, description = "One now")), extensions(("x-permission" = json!("define"))))]
pub(super) async fn merge_contacts(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<ContactId>,
    Body(wish): Body<MergeWish>,
) -> Answer<Json<MergeDone>> {
    if wish.contact_id == id.0 {
        return Err(Problem::invalid("contact_id", "same", "別の友だちを選んでください。"));
    }
    let act = app.act(&caller);
    let made = app.write(move |tx| merge::merge(tx, &act, id, ContactId(wish.contact_id))).await?;
    Ok(Json(MergeDone { id: made.0, contact_id: wish.contact_id }))
}

/// Which merge.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SplitWish {
    merge_id: Uuid,
}

/// Splits what one merge joined. Answers the contact that came back.
#[utoipa::path(post, path = "/contacts/{id}/split", operation_id = "splitContact", tag = "contacts", request_body = SplitWish, params(("id" = Uuid, Path)),
    responses((status = 200, body = MergeDone, description = "Two again")), extensions(("x-permission" = json!("define"))))]
pub(super) async fn split_contact(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<ContactId>,
    Body(wish): Body<SplitWish>,
) -> Answer<Json<MergeDone>> {
    let act = app.act(&caller);
    let back = app.write(move |tx| merge::split(tx, &act, id, MergeId(wish.merge_id))).await?;
    Ok(Json(MergeDone { id: wish.merge_id, contact_id: back.0 }))
}
