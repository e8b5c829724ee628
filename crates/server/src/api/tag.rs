//! Tags (タグ) and fields (友だち情報欄).

use axum::Json;
use axum::extract::State;
use engine::Error;
use engine::ids::{AttributeId, TagId};
use engine::workspace::{Attribute, AttributeType, Tag, view};
use engine::workspace::{
    add_attribute, add_tag, delete_attribute as drop_attribute, delete_tag as drop_tag, list_attributes as attributes,
    list_tags as tags, rename_tag, update_attribute as edit_attribute, usage,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::Answer;
use crate::http::{Body, Created, Done, Ids, Items};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_tags, create_tag))
        .routes(routes!(update_tag, delete_tag))
        .routes(routes!(list_attributes, create_attribute))
        .routes(routes!(update_attribute, delete_attribute))
        .routes(routes!(list_unused))
}

/// A label on contacts.
#[derive(Serialize, ToSchema)]
#[schema(as = Tag)]
struct TagView {
    id: Uuid,
    name: String,
    /// '' for none.
    folder: String,
    /// How many contacts carry it.
    contacts: i64,
}

impl TagView {
    fn new(tag: Tag, contacts: i64) -> Self {
        Self { id: tag.id.0, name: tag.name, folder: tag.folder, contacts }
    }
}

/// Tags by folder and name.
#[utoipa::path(get, path = "/tags", operation_id = "listTags", tag = "tags",
    responses((status = 200, body = Items<TagView>, description = "Tags")), extensions(("x-permission" = json!("read"))))]
async fn list_tags(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<TagView>>> {
    let (tags, counts) = app.read(move |tx| Ok((tags(tx, caller.workspace)?, view::tag_counts(tx, caller.workspace)?))).await?;
    let items = tags.into_iter().map(|tag| TagView::new(tag.clone(), counts.get(&tag.id).copied().unwrap_or(0))).collect();
    Ok(Json(Items { items }))
}

/// A new tag.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "常連", "folder": "来店"}))]
struct NewTag {
    name: String,
    #[serde(default)]
    folder: String,
}

fn find_tag(tx: &mut store::Tx<'_>, workspace: engine::ids::WorkspaceId, id: TagId) -> engine::Result<Tag> {
    tags(tx, workspace)?.into_iter().find(|tag| tag.id == id).ok_or(Error::NotFound)
}

/// Makes a tag.
#[utoipa::path(post, path = "/tags", operation_id = "createTag", tag = "tags", request_body = NewTag,
    responses((status = 201, body = TagView, description = "Made")), extensions(("x-permission" = json!("define"))))]
async fn create_tag(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(new): Body<NewTag>,
) -> Answer<Created<TagView>> {
    let act = app.act(&caller);
    let tag = app
        .write(move |tx| {
            if tags(tx, act.workspace)?.iter().any(|tag| tag.name == new.name.trim()) {
                return Err(Error::conflict("name_taken", "同じ名前のタグがあります。"));
            }
            let id = add_tag(tx, act.workspace, &new.name, &new.folder, act.at)?;
            act.note(tx, "tag.create", id.0, &serde_json::json!({ "name": new.name }))?;
            find_tag(tx, act.workspace, id)
        })
        .await?;
    Ok(Created(TagView::new(tag, 0)))
}

/// What to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TagPatch {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    folder: Option<String>,
}

/// Renames or moves a tag.
#[utoipa::path(patch, path = "/tags/{id}", operation_id = "updateTag", tag = "tags", request_body = TagPatch, params(("id" = Uuid, Path)),
    responses((status = 200, body = TagView, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_tag(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<TagId>,
    Body(patch): Body<TagPatch>,
) -> Answer<Json<TagView>> {
    let act = app.act(&caller);
    let (tag, counts) = app
        .write(move |tx| {
            let old = find_tag(tx, act.workspace, id)?;
            let name = patch.name.as_deref().unwrap_or(&old.name);
            rename_tag(tx, act.workspace, id, name, patch.folder.as_deref().unwrap_or(&old.folder))?;
            act.note(tx, "tag.update", id.0, &serde_json::json!({ "name": name, "was": old.name }))?;
            Ok((find_tag(tx, act.workspace, id)?, view::tag_counts(tx, act.workspace)?))
        })
        .await?;
    Ok(Json(TagView::new(tag, counts.get(&id).copied().unwrap_or(0))))
}

/// Deletes a tag that no definition names, and takes it from everybody.
#[utoipa::path(delete, path = "/tags/{id}", operation_id = "deleteTag", tag = "tags", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("define"))))]
async fn delete_tag(State(app): State<App>, Require(caller, ..): Require<can::Define>, Ids(id): Ids<TagId>) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| {
        let old = find_tag(tx, act.workspace, id)?;
        usage::refuse_if_used(tx, act.workspace, &id.to_string(), None)?;
        drop_tag(tx, act.workspace, id)?;
        act.note(tx, "tag.delete", id.0, &serde_json::json!({ "name": old.name }))
    })
    .await?;
    Ok(Done)
}

/// Fields by folder and label.
#[utoipa::path(get, path = "/attributes", operation_id = "listAttributes", tag = "attributes",
    responses((status = 200, body = Items<Attribute>, description = "Fields")), extensions(("x-permission" = json!("read"))))]
async fn list_attributes(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<Attribute>>> {
    let items = app.read(move |tx| attributes(tx, caller.workspace)).await?;
    Ok(Json(Items { items }))
}

/// A new field.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"key": "birthday", "label": "誕生日", "type": "date"}))]
struct NewAttribute {
    /// `[a-z0-9_]`, for templates and files.
    key: String,
    label: String,
    #[serde(rename = "type")]
    ty: AttributeType,
    /// Options of a choice.
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    folder: String,
}

fn find_attribute(tx: &mut store::Tx<'_>, workspace: engine::ids::WorkspaceId, id: AttributeId) -> engine::Result<Attribute> {
    attributes(tx, workspace)?.into_iter().find(|field| field.id == id).ok_or(Error::NotFound)
}

/// Makes a field.
#[utoipa::path(post, path = "/attributes", operation_id = "createAttribute", tag = "attributes", request_body = NewAttribute,
    responses((status = 201, body = Attribute, description = "Made")), extensions(("x-permission" = json!("define"))))]
async fn create_attribute(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(new): Body<NewAttribute>,
) -> Answer<Created<Attribute>> {
    let act = app.act(&caller);
    let NewAttribute { key, label, ty, options, folder } = new;
    let field = Attribute { id: AttributeId::nil(), key, label, ty, options, folder };
    let made = app
        .write(move |tx| {
            let id = add_attribute(tx, act.workspace, &field, act.at)?;
            act.note(tx, "attribute.create", id.0, &serde_json::json!({ "key": field.key, "type": field.ty }))?;
            find_attribute(tx, act.workspace, id)
        })
        .await?;
    Ok(Created(made))
}

/// What to change; key and type stay, since values and templates hang on them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AttributePatch {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    options: Option<Vec<String>>,
    #[serde(default)]
    folder: Option<String>,
}

/// Changes label, options or folder of a field.
#[utoipa::path(patch, path = "/attributes/{id}", operation_id = "updateAttribute", tag = "attributes", request_body = AttributePatch, params(("id" = Uuid, Path)),
    responses((status = 200, body = Attribute, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_attribute(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<AttributeId>,
    Body(patch): Body<AttributePatch>,
) -> Answer<Json<Attribute>> {
    let act = app.act(&caller);
    let field = app
        .write(move |tx| {
            let mut field = find_attribute(tx, act.workspace, id)?;
            field.label = patch.label.clone().unwrap_or(field.label);
            field.options = patch.options.clone().unwrap_or(field.options);
            field.folder = patch.folder.clone().unwrap_or(field.folder);
            edit_attribute(tx, act.workspace, &field)?;
            act.note(tx, "attribute.update", id.0, &serde_json::json!({ "key": field.key, "label": field.label }))?;
            find_attribute(tx, act.workspace, id)
        })
        .await?;
    Ok(Json(field))
}

/// Deletes a field that no definition names, and its values.
#[utoipa::path(delete, path = "/attributes/{id}", operation_id = "deleteAttribute", tag = "attributes", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("define"))))]
async fn delete_attribute(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<AttributeId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| {
        let old = find_attribute(tx, act.workspace, id)?;
        // In conditions and actions as a JSON member, in templates as a variable with or without `attr.`.
        for text in [format!("\"key\":\"{}\"", old.key), format!("{{{{{}", old.key), format!("{{{{attr.{}", old.key)] {
            usage::refuse_if_used(tx, act.workspace, &text, None)?;
        }
        drop_attribute(tx, act.workspace, id)?;
        act.note(tx, "attribute.delete", id.0, &serde_json::json!({ "key": old.key }))
    })
    .await?;
    Ok(Done)
}

/// What nobody carries and no definition names.
#[derive(Serialize, ToSchema)]
struct Unused {
    tags: Vec<Uuid>,
    attributes: Vec<Uuid>,
}

/// Tags and fields that can go without anybody noticing.
#[utoipa::path(get, path = "/tags/unused", operation_id = "listUnused", tag = "tags",
    responses((status = 200, body = Unused, description = "Unused ones")), extensions(("x-permission" = json!("read"))))]
async fn list_unused(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Unused>> {
    let (tags, attributes) = app.read(move |tx| usage::unused(tx, caller.workspace)).await?;
    let tags = tags.into_iter().map(|id| id.0).collect();
    Ok(Json(Unused { tags, attributes: attributes.into_iter().map(|id| id.0).collect() }))
}
