//! Templates (テンプレート): messages with variables, in versions; checked, previewed, sent as a test.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::{Extension, Json};
use engine::contact::{Contact, ContactKind, db as contacts};
use engine::delivery::Lane;
use engine::ids::{ChannelId, ContactId, TemplateId, TemplateVersionId, WorkspaceId};
use engine::link::Track;
use engine::template::{Compiled, Values, db};
use engine::workspace::{Catalog, usage};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::event::{Speech, say};
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, FieldError, Problem};
use crate::http::{Accepted, Body, Created, Done, Ids, Items, Page, PageQuery, Query};
use crate::idempotency::Stamp;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_templates, create_template))
        .routes(routes!(get_template, update_template, archive_template))
        .routes(routes!(list_template_versions))
        .routes(routes!(get_template_version))
        .routes(routes!(template_usage))
        .routes(routes!(validate_template))
        .routes(routes!(preview_template))
        .routes(routes!(test_template))
}

/// A template with its newest version.
#[derive(Serialize, ToSchema)]
#[schema(as = Template)]
struct TemplateView {
    id: Uuid,
    name: String,
    folder: String,
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
        let db::Template { id, name, folder, version, number, messages, created_at, updated_at, archived_at } = template;
        Self { id: id.0, name, folder, version_id: version.0, number, messages, created_at, updated_at, archived_at }
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
    let template = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            db::create(tx, &act, (&*words, catalogs.tracker()), &new.name, &new.folder, &new.messages)
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

/// Messages to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Draft {
    #[schema(value_type = Vec<Object>)]
    messages: Value,
}

/// What is wrong with messages.
#[derive(Serialize, ToSchema)]
struct Validation {
    ok: bool,
    errors: Vec<FieldError>,
    /// Variables they use.
    variables: Vec<String>,
    /// Whether recipients get different texts: then each is a call of its own.
    personal: bool,
}

/// Looks at messages without saving them.
#[utoipa::path(post, path = "/templates/validate", operation_id = "validateTemplate", tag = "templates", request_body = Draft,
    responses((status = 200, body = Validation, description = "What was found")), extensions(("x-permission" = json!("read"))))]
async fn validate_template(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Body(draft): Body<Draft>,
) -> Answer<Json<Validation>> {
    let catalog = app.catalog(caller.workspace).await?;
    Ok(Json(match Compiled::parse(&draft.messages.to_string(), &*catalog) {
        Ok(compiled) => Validation {
            ok: true,
            errors: Vec::new(),
            variables: compiled.variables().into_iter().map(str::to_owned).collect(),
            personal: compiled.is_personal(),
        },
        Err(problems) => Validation {
            ok: false,
            errors: problems.into_iter().map(Into::into).collect(),
            variables: Vec::new(),
            personal: false,
        },
    }))
}

/// What to render, for whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PreviewQuestion {
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    messages: Option<Value>,
    #[serde(default)]
    template_id: Option<Uuid>,
    /// This version of the template, not its newest.
    #[serde(default)]
    version_id: Option<Uuid>,
    /// Without one: a sample person.
    #[serde(default)]
    contact_id: Option<Uuid>,
    #[serde(default)]
    channel_id: Option<Uuid>,
    /// Data of an event, for `{{event.…}}`.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: Map<String, Value>,
    /// How addresses are written.
    #[serde(default)]
    #[schema(inline)]
    links: PreviewLinks,
}

/// How addresses are written in a preview.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PreviewLinks {
    /// As links that lead on and count nowhere.
    #[default]
    Trial,
    /// As the shop wrote them: for a text that is taken over and changed.
    Plain,
}

/// Messages as one person would get them.
#[derive(Serialize, ToSchema)]
struct Preview {
    /// Null when nothing would be sent.
    #[schema(value_type = Option<Vec<Object>>)]
    messages: Option<Value>,
    /// Why nothing would be sent.
    errors: Vec<FieldError>,
}

impl Preview {
    fn refused(problems: Vec<engine::problem::Problem>) -> Self {
        Self { messages: None, errors: problems.into_iter().map(Into::into).collect() }
    }
}

/// Renders messages for one contact; links in them lead on and are counted nowhere.
#[utoipa::path(post, path = "/templates/preview", operation_id = "previewTemplate", tag = "templates", request_body = PreviewQuestion,
    responses((status = 200, body = Preview, description = "As they would arrive")), extensions(("x-permission" = json!("read"))))]
async fn preview_template(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Body(question): Body<PreviewQuestion>,
) -> Answer<Json<Preview>> {
    let (template, version) = (question.template_id.map(TemplateId), question.version_id.map(TemplateVersionId));
    let (workspace, contact_id) = (caller.workspace, question.contact_id.map(ContactId));
    let (stored, contact) = app
        .read(move |tx| {
            let stored = template.map(|id| db::messages(tx, workspace, id, version)).transpose()?;
            let contact = match contact_id {
                Some(id) => Some(contacts::load(tx, workspace, &[id])?.remove(&id).ok_or(engine::Error::NotFound)?),
                None => None,
            };
            Ok((stored, contact))
        })
        .await?;
    let missing = || Problem::invalid("messages", "required", "messages か template_id を指定してください。");
    let messages = question.messages.or(stored).ok_or_else(missing)?;
    let catalog = app.catalog(workspace).await?;
    let channel = question.channel_id.map(ChannelId);
    let contact = contact.unwrap_or_else(|| sample(&catalog));
    let compiled = match Compiled::parse(&messages.to_string(), &*catalog) {
        Ok(compiled) => with_links(&app, workspace, compiled).await?,
        Err(problems) => return Ok(Json(Preview::refused(problems))),
    };
    let track = match question.links {
        PreviewLinks::Trial => app.engine.catalogs.tracker().trial(),
        PreviewLinks::Plain => Track::PLAIN,
    };
    Ok(Json(render((&compiled, track), &catalog, &contact, channel, &question.context, app.now_ms())))
}

/// With the links that its addresses have by now; those of an unsaved text are made when it is saved.
async fn with_links(app: &App, workspace: WorkspaceId, compiled: Compiled) -> Answer<Compiled> {
    let catalogs = app.engine.catalogs.clone();
    let linked = app.read(move |tx| {
        let mut compiled = compiled.clone();
        catalogs.attach_links(tx, workspace, [&mut compiled])?;
        Ok(compiled)
    });
    linked.await
}

/// Renders for show.
pub(super) fn render_for(
    messages: &Value,
    catalog: &Catalog,
    contact: &Contact,
    channel: Option<ChannelId>,
    now: i64,
) -> (Option<Value>, Vec<FieldError>) {
    let preview = match Compiled::parse(&messages.to_string(), catalog) {
        Ok(compiled) => render((&compiled, Track::PLAIN), catalog, contact, channel, &Map::new(), now),
        Err(problems) => Preview::refused(problems),
    };
    (preview.messages, preview.errors)
}

fn render(
    (compiled, track): (&Compiled, Track<'_>),
    catalog: &Catalog,
    contact: &Contact,
    channel: Option<ChannelId>,
    context: &Map<String, Value>,
    now: i64,
) -> Preview {
    let channel = channel.and_then(|id| catalog.channels.get(&id)).or_else(|| catalog.channels.values().next());
    let channel = channel.map_or("", |channel| channel.display_name.as_deref().unwrap_or(&channel.name));
    match compiled.render(&Values::of(contact, channel, context, now, &catalog.zone).tracked(track)) {
        Ok(json) => Preview { messages: serde_json::from_str(&json).ok(), errors: Vec::new() },
        Err(error) => {
            let failed = FieldError { path: "messages".to_owned(), code: "not_rendered".into(), message: error.to_string() };
            Preview { messages: None, errors: vec![failed] }
        }
    }
}

/// Somebody to show things with before there are friends.
pub(super) fn sample(catalog: &Catalog) -> Contact {
    let id = ContactId::nil();
    Contact {
        workspace: catalog.workspace,
        id,
        shard: 0,
        kind: ContactKind::Person,
        display_name: Some("縁 花子".to_owned()),
        picture_url: None,
        language: Some("ja".to_owned()),
        status_message: None,
        profile_at: None,
        memo: String::new(),
        staff: false,
        consent: true,
        created_at: 0,
        line_ids: BTreeMap::new(),
        friendships: BTreeMap::new(),
        tags: BTreeSet::new(),
        attributes: BTreeMap::new(),
        enrollments: Vec::new(),
        clicks: Vec::new(),
        talks: BTreeMap::new(),
        consents: BTreeMap::new(),
        analysis: None,
    }
}

/// Who gets a test.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestSend {
    channel_id: Uuid,
    /// 1–20 people, best of the own staff.
    contact_ids: Vec<Uuid>,
}

/// Events that were taken.
#[derive(Serialize, ToSchema)]
pub(super) struct Taken {
    pub(super) events: Vec<Uuid>,
}

/// Sends a template to a few people now.
#[utoipa::path(post, path = "/templates/{id}/test", operation_id = "testTemplate", tag = "templates", request_body = TestSend, params(("id" = Uuid, Path)),
    responses((status = 202, body = Taken, description = "On its way")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn test_template(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<TemplateId>,
    stamp: Option<Extension<Stamp>>,
    Body(test): Body<TestSend>,
) -> Answer<Accepted<Taken>> {
    app.read(move |tx| db::find(tx, caller.workspace, id)).await?;
    let speech = Speech { template: Some(id), messages: None, lane: Lane::Transactional, test: true };
    let events =
        say(&app, &caller, ChannelId(test.channel_id), &test.contact_ids, speech, stamp.map(|Extension(stamp)| stamp)).await?;
    Ok(Accepted(Taken { events }))
}

impl From<engine::problem::Problem> for FieldError {
    fn from(problem: engine::problem::Problem) -> Self {
        Self { path: problem.path, code: problem.code.into(), message: problem.message }
    }
}
