//! Templates before they go to anybody: looked at, shown as they would arrive, sent as a test.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::{Extension, Json};
use engine::contact::{Contact, ContactKind, db as contacts};
use engine::delivery::Lane;
use engine::ids::{ChannelId, ContactId, TemplateId, TemplateVersionId, WorkspaceId};
use engine::link::Track;
use engine::template::{Compiled, Values, db};
use engine::workspace::Catalog;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::event::{Speech, say};
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, FieldError, Problem};
use crate::http::{Accepted, Body, Ids};
use crate::idempotency::Stamp;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(validate_template)).routes(routes!(preview_template)).routes(routes!(test_template))
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
pub(in crate::api) fn render_for(
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
pub(in crate::api) fn sample(catalog: &Catalog) -> Contact {
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
pub(in crate::api) struct Taken {
    pub(in crate::api) events: Vec<Uuid>,
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
