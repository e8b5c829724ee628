//! Saved views of the list.

use axum::Json;
use axum::extract::State;
use engine::contact::list::Wanted;
use engine::contact::saved::{self, Audience, NewView, View, user_of};
use engine::ids::ViewId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Body, Created, Done, Ids, Items};

/// A saved view.
#[derive(Serialize, ToSchema)]
#[schema(as = View)]
pub(super) struct ViewView {
    id: Uuid,
    name: String,
    audience: Audience,
    wanted: Wanted,
    /// Keys of the shown columns, in order.
    columns: Vec<String>,
    updated_at: i64,
}

impl From<View> for ViewView {
    fn from(view: View) -> Self {
        let View { id, owner, name, wanted, columns, updated_at } = view;
        let audience = if owner.is_some() { Audience::Me } else { Audience::Everybody };
        Self { id: id.0, name, audience, wanted, columns, updated_at }
    }
}

/// A view to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewView, example = json!({"name": "今週の新しい友だち", "audience": "everybody", "wanted": {"state": "friend"}, "columns": ["tags", "since"]}))]
pub(super) struct ViewInput {
    name: String,
    audience: Audience,
    #[serde(default)]
    wanted: Wanted,
    #[serde(default)]
    columns: Vec<String>,
}

impl From<ViewInput> for NewView {
    fn from(ViewInput { name, audience, wanted, columns }: ViewInput) -> Self {
        Self { name, audience, wanted, columns }
    }
}

/// Views that the caller sees, by name.
#[utoipa::path(get, path = "/views", operation_id = "listViews", tag = "contacts",
    responses((status = 200, body = Items<ViewView>, description = "Views")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn list_views(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<ViewView>>> {
    let user = user_of(&app.act(&caller));
    let items = app.read(move |tx| saved::list(tx, caller.workspace, user)).await?;
    Ok(Json(Items { items: items.into_iter().map(Into::into).collect() }))
}

/// Saves a view.
#[utoipa::path(post, path = "/views", operation_id = "createView", tag = "contacts", request_body = ViewInput,
    responses((status = 201, body = ViewView, description = "Saved")), extensions(("x-permission" = json!("edit_contacts"))))]
pub(super) async fn create_view(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Body(new): Body<ViewInput>,
) -> Answer<Created<ViewView>> {
    let (act, new) = (app.act(&caller), NewView::from(new));
    Ok(Created(app.write(move |tx| saved::create(tx, &act, &new)).await?.into()))
}

/// Replaces a view.
#[utoipa::path(put, path = "/views/{id}", operation_id = "updateView", tag = "contacts", request_body = ViewInput, params(("id" = Uuid, Path)),
    responses((status = 200, body = ViewView, description = "Changed")), extensions(("x-permission" = json!("edit_contacts"))))]
pub(super) async fn update_view(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Ids(id): Ids<ViewId>,
    Body(new): Body<ViewInput>,
) -> Answer<Json<ViewView>> {
    let (act, new) = (app.act(&caller), NewView::from(new));
    Ok(Json(app.write(move |tx| saved::update(tx, &act, id, &new)).await?.into()))
}

/// Deletes a view.
#[utoipa::path(delete, path = "/views/{id}", operation_id = "deleteView", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("edit_contacts"))))]
pub(super) async fn delete_view(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Ids(id): Ids<ViewId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| saved::delete(tx, &act, id)).await?;
    Ok(Done)
}
