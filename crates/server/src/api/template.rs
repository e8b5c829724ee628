//! Templates (テンプレート): messages with variables, in versions; checked, previewed, sent as a test.

mod try_out;

use axum::Json;
use axum::extract::State;
use engine::ids::{TemplateId, TemplateVersionId};
use engine::template::db::{self, MadeFor};
use engine::workspace::usage;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, FieldError};
use crate::http::{Body, Created, Done, Ids, Items, Page, PageQuery, Query};
pub(super) use try_out::{Taken, render_for, sample};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_templates, create_template))
        .routes(routes!(get_template, update_template, archive_template))
        .routes(routes!(list_template_versions))
        .routes(routes!(get_template_version))
        .routes(routes!(template_usage))
        .merge(try_out::routes())
}

/// A template with its newest version.
#[derive(Serialize, ToSchema)]
#[schema(as = Template)]
struct TemplateView {
    id: Uuid,
    name: String,
    folder: String,
    made_for: MadeFor,
    version_id: Uuid,
    /// From 1.
    number: i64,
    /// LINE's messages with `{{variables}}`.
    #[schema(value_type = Vec<Object>)]
    messages: Value,
    created_at: i64,
    updated_at: i64,
    archived_at: Option<i64>,
}

impl From<db::Template> for TemplateView {
    fn from(template: db::Template) -> Self {
        let db::Template { id, name, folder, version, number, messages, created_at, updated_at, archived_at, made_for } =
            template;
        Self { id: id.0, name, folder, made_for, version_id: version.0, number, messages, created_at, updated_at, archived_at }
    }
}

/// One version; it never changes.
#[derive(Serialize, ToSchema)]
#[schema(as = TemplateVersion)]
struct VersionView {
    id: Uuid,
    number: i64,
    #[schema(value_type = Vec<Object>)]
    messages: Value,
    created_at: i64,
    /// `user:<id>`, `token:<id>` or `cli`.
    created_by: String,
}

impl From<db::Version> for VersionView {
    fn from(version: db::Version) -> Self {
        let db::Version { id, number, messages, created_at, created_by } = version;
        Self { id: id.0, number, messages, created_at, created_by }
    }
}

/// Which templates.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TemplateQuery {
    /// In this folder.
    #[serde(default)]
    folder: String,
    /// Part of the name.
    #[serde(default)]
    q: String,
}

/// Templates, newest first; what was put away is left out.
#[utoipa::path(get, path = "/templates", operation_id = "listTemplates", tag = "templates", params(TemplateQuery, PageQuery),
    responses((status = 200, body = Page<TemplateView>, description = "A page of templates")), extensions(("x-permission" = json!("read"))))]
async fn list_templates(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<TemplateQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<TemplateView>>> {
    let (before, limit) = (page.after::<TemplateId>()?, page.limit());
    let filter = db::Filter { folder: query.folder, q: query.q };
    let templates = app.read(move |tx| db::page(tx, caller.workspace, &filter, before, limit + 1)).await?;
    Ok(Json(Page::cut(templates, limit, |template| template.id).map(Into::into)))
}

/// A new template.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "あいさつ", "messages": [{"type": "text", "text": "{{name|お客様}}さま、友だち追加ありがとうございます。"}]}))]
struct NewTemplate {
    name: String,
    /// 1–5 messages in LINE's JSON with `{{variables}}`.
    #[schema(value_type = Vec<Object>)]
    messages: Value,
    #[serde(default)]
    folder: String,
    #[serde(default)]
    made_for: MadeFor,
}

/// Saves a template.
#[utoipa::path(post, path = "/templates", operation_id = "createTemplate", tag = "templates", request_body = NewTemplate,
    responses((status = 201, body = TemplateView, description = "Saved")), extensions(("x-permission" = json!("define"))))]
async fn create_template(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(new): Body<NewTemplate>,
) -> Answer<Created<TemplateView>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let NewTemplate { name, folder, made_for, messages } = new;
    let new = db::New { name, folder, made_for, messages };
    let template = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            db::create(tx, &act, (&*words, catalogs.tracker()), &new)
        })
        .await?;
    Ok(Created(template.into()))
}

/// Something that names a template.
#[derive(Serialize, ToSchema)]
struct TemplateUse {
    /// rule, journey or broadcast (those not yet over).
    kind: String,
    id: Uuid,
    name: String,
}

/// Where a template is used.
#[utoipa::path(get, path = "/templates/{id}/usage", operation_id = "templateUsage", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = 200, body = Items<TemplateUse>, description = "At most twenty")), extensions(("x-permission" = json!("read"))))]
async fn template_usage(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<TemplateId>,
) -> Answer<Json<Items<TemplateUse>>> {
    let users = app
        .read(move |tx| {
            db::find(tx, caller.workspace, id)?;
            usage::users(tx, caller.workspace, &id.to_string(), Some(id.0))
        })
        .await?;
    let view = |user: engine::problem::Problem| {
        let (kind, id) = user.path.split_once(':')?;
        Some(TemplateUse { kind: kind.to_owned(), id: id.parse().ok()?, name: user.message })
    };
    Ok(Json(Items { items: users.into_iter().filter_map(view).collect() }))
}

/// One template.
#[utoipa::path(get, path = "/templates/{id}", operation_id = "getTemplate", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = 200, body = TemplateView, description = "The template")), extensions(("x-permission" = json!("read"))))]
async fn get_template(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<TemplateId>,
) -> Answer<Json<TemplateView>> {
    Ok(Json(app.read(move |tx| db::find(tx, caller.workspace, id)).await?.into()))
}

/// What to change; messages make a new version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TemplateEdit {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    folder: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    messages: Option<Value>,
    /// The number of the version that the change was begun from; when another was saved meanwhile, 412.
    #[serde(default)]
    base: Option<i64>,
}

/// Changes a template. What was confirmed before keeps its version.
#[utoipa::path(put, path = "/templates/{id}", operation_id = "updateTemplate", tag = "templates", request_body = TemplateEdit, params(("id" = Uuid, Path)),
    responses((status = 200, body = TemplateView, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_template(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<TemplateId>,
    Body(edit): Body<TemplateEdit>,
) -> Answer<Json<TemplateView>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let edit = db::Edit { name: edit.name, folder: edit.folder, messages: edit.messages, base: edit.base };
    let template = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            db::update(tx, &act, (&*words, catalogs.tracker()), id, &edit)
        })
        .await?;
    Ok(Json(template.into()))
}

/// Puts a template away that no rule, journey or open broadcast names.
#[utoipa::path(delete, path = "/templates/{id}", operation_id = "archiveTemplate", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Put away")), extensions(("x-permission" = json!("define"))))]
async fn archive_template(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<TemplateId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| db::archive(tx, &act, id)).await?;
    Ok(Done)
}

/// Versions, newest first.
#[utoipa::path(get, path = "/templates/{id}/versions", operation_id = "listTemplateVersions", tag = "templates", params(("id" = Uuid, Path)),
    responses((status = 200, body = Items<VersionView>, description = "Versions")), extensions(("x-permission" = json!("read"))))]
async fn list_template_versions(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<TemplateId>,
) -> Answer<Json<Items<VersionView>>> {
    let versions = app.read(move |tx| db::versions(tx, caller.workspace, id)).await?;
    Ok(Json(Items { items: versions.into_iter().map(Into::into).collect() }))
}

/// One version.
#[utoipa::path(get, path = "/templates/{id}/versions/{version_id}", operation_id = "getTemplateVersion", tag = "templates",
    params(("id" = Uuid, Path), ("version_id" = Uuid, Path)),
    responses((status = 200, body = VersionView, description = "The version")), extensions(("x-permission" = json!("read"))))]
async fn get_template_version(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids((id, version)): Ids<(TemplateId, TemplateVersionId)>,
) -> Answer<Json<VersionView>> {
    Ok(Json(app.read(move |tx| db::find_version(tx, caller.workspace, id, version)).await?.into()))
}

impl From<engine::problem::Problem> for FieldError {
    fn from(problem: engine::problem::Problem) -> Self {
        Self { path: problem.path, code: problem.code.into(), message: problem.message }
    }
}
