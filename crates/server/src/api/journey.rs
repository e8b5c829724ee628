//! Journeys (シナリオ配信).

use std::collections::BTreeMap;

use axum::extract::State;
use axum::{Extension, Json};
use engine::contact::{Contact, db as contacts};
use engine::event::EventKind;
use engine::ids::{ChannelId, ContactId, JourneyId, WorkspaceId};
use engine::journey::{Graph, Journey, JourneyState, Planned, db, dry_run};
use engine::template::db as templates;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

mod figures;

use super::event::{Deed, act_on};
use super::template::Taken;
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, FieldError, Problem};
use crate::http::{Accepted, Body, Created, Done, Ids, Items, Time};
use crate::idempotency::Stamp;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_journeys, create_journey))
        .routes(routes!(validate_journey))
        .routes(routes!(get_journey, update_journey, delete_journey))
        .routes(routes!(publish_journey))
        .routes(routes!(stop_journey))
        .routes(routes!(enroll_journey))
        .routes(routes!(dry_run_journey))
        .merge(figures::routes())
}

/// People put into a journey by one call at most.
const ENROLL_MAX: usize = 500;

/// A シナリオ.
#[derive(Serialize, ToSchema)]
#[schema(as = Journey)]
struct JourneyView {
    id: Uuid,
    name: String,
    channel_id: Uuid,
    state: JourneyState,
    /// What staff are editing.
    graph: Graph,
    /// What new walks begin on.
    version_id: Option<Uuid>,
    number: Option<i64>,
    /// Whether the graph differs from what is published.
    changed: bool,
    /// People in it now.
    active: i64,
    created_at: i64,
    updated_at: i64,
    /// Counts up with every saving; send it back so that nobody's work is written over unseen.
    revision: i64,
    /// Who saved last; null for programs.
    edited_by: Option<String>,
}

/// Who stands behind an id of the audit log.
type Names = BTreeMap<String, String>;

impl JourneyView {
    fn new(stored: db::Stored, active: &BTreeMap<JourneyId, i64>, names: &Names) -> Self {
        let db::Stored { id, channel, name, state, draft, version, changed, created_at, updated_at, revision, edited_by } =
            stored;
        Self {
            id: id.0,
            name,
            channel_id: channel.0,
            state,
            graph: draft,
            version_id: version.map(|(id, _)| id.0),
            number: version.map(|(_, number)| number),
            changed,
            active: active.get(&id).copied().unwrap_or(0),
            created_at,
            updated_at,
            revision,
            edited_by: names.get(&edited_by).cloned(),
        }
    }
}

/// What a view needs besides the journey.
fn beside(tx: &mut Tx<'_>, workspace: WorkspaceId) -> engine::Result<(BTreeMap<JourneyId, i64>, Names)> {
    Ok((db::active(tx, workspace)?, super::staff::names(tx, workspace)?))
}

/// Journeys, newest first.
#[utoipa::path(get, path = "/journeys", operation_id = "listJourneys", tag = "journeys",
    responses((status = 200, body = Items<JourneyView>, description = "Journeys")), extensions(("x-permission" = json!("read"))))]
async fn list_journeys(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<JourneyView>>> {
    let (journeys, (active, names)) =
        app.read(move |tx| Ok((db::list(tx, caller.workspace)?, beside(tx, caller.workspace)?))).await?;
    Ok(Json(Items { items: journeys.into_iter().map(|journey| JourneyView::new(journey, &active, &names)).collect() }))
}

/// The graph with a name and an account. Documented so; read by hand so that mistakes have paths.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "documents the body")]
#[schema(example = json!({"name": "ようこそ", "trigger": {"on": "follow"}, "nodes": [{"do": "wait", "until": {"after": {"days": 1}}}, {"do": "exit"}]}))]
struct JourneyInput {
    /// `シナリオ` by default.
    #[serde(default)]
    name: Option<String>,
    /// By default the workspace's only account.
    #[serde(default)]
    channel_id: Option<Uuid>,
    /// The revision this was made from; refused with `edited_meanwhile` when somebody saved since. Left out: writes over.
    #[serde(default)]
    revision: Option<i64>,
    #[serde(flatten)]
    graph: Graph,
}

struct Parts {
    name: Option<String>,
    channel: Option<ChannelId>,
    revision: Option<i64>,
    graph: Option<Value>,
}

/// Takes name and account out of the body; the rest is the graph.
fn split(body: Value) -> Answer<Parts> {
    let Value::Object(mut map) = body else {
        return Err(Problem::new(Code::BadRequest).at("", "type", "オブジェクトを送ってください。"));
    };
    let text = |value: Option<Value>, path: &str| match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::new(Code::BadRequest).at(path, "type", "文字列で指定してください。")),
    };
    let name = text(map.remove("name"), "name")?;
    let channel = text(map.remove("channel_id"), "channel_id")?
        .map(|id| id.parse().map_err(|_| Problem::new(Code::BadRequest).at("channel_id", "type", "IDの形が正しくありません。")))
        .transpose()?;
    let revision = map.remove("revision").map(serde_json::from_value).transpose();
    let revision =
        revision.map_err(|_| Problem::new(Code::BadRequest).at("revision", "type", "数で指定してください。"))?.flatten();
    // The graph may also stand under its own name, as answers have it.
    let graph = match map.remove("graph") {
        Some(graph) if map.is_empty() => Some(graph),
        Some(_) => {
            return Err(Problem::new(Code::BadRequest).at(
                "graph",
                "unknown_field",
                "graph と一緒に trigger や nodes は指定できません。",
            ));
        }
        None if map.is_empty() => None,
        None => Some(Value::Object(map)),
    };
    Ok(Parts { name, channel, revision, graph })
}

/// Saves a draft.
#[utoipa::path(post, path = "/journeys", operation_id = "createJourney", tag = "journeys", request_body = JourneyInput,
    responses((status = 201, body = JourneyView, description = "Saved as a draft")), extensions(("x-permission" = json!("define"))))]
async fn create_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Body(body): Body<Value>,
) -> Answer<Created<JourneyView>> {
    let Parts { name, channel, graph, .. } = split(body)?;
    let graph = graph.ok_or_else(|| Problem::invalid("nodes", "required", "trigger と nodes を指定してください。"))?;
    let name = name.unwrap_or_else(|| "シナリオ".to_owned());
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let (journey, names) = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            let only = || (words.channels.len() == 1).then(|| words.channels.keys().next().copied()).flatten();
            let channel = channel
                .or_else(only)
                .ok_or_else(|| engine::Error::bad("required", "channel_id", "LINEアカウントを選んでください。"))?;
            let journey = db::create(tx, &act, &*words, channel, &name, &graph)?;
            Ok((journey, super::staff::names(tx, act.workspace)?))
        })
        .await?;
    Ok(Created(JourneyView::new(journey, &BTreeMap::new(), &names)))
}

/// What is wrong with a graph.
#[derive(Serialize, ToSchema)]
struct Validation {
    ok: bool,
    errors: Vec<FieldError>,
}

/// Looks at a graph without saving it.
#[utoipa::path(post, path = "/journeys/validate", operation_id = "validateJourney", tag = "journeys", request_body = JourneyInput,
    responses((status = 200, body = Validation, description = "What was found")), extensions(("x-permission" = json!("read"))))]
async fn validate_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Body(body): Body<Value>,
) -> Answer<Json<Validation>> {
    let catalog = app.catalog(caller.workspace).await?;
    let graph = split(body)?.graph.unwrap_or_default();
    let errors: Vec<FieldError> = match Graph::read(&graph, &*catalog) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().map(Into::into).collect(),
    };
    Ok(Json(Validation { ok: errors.is_empty(), errors }))
}

/// One journey.
#[utoipa::path(get, path = "/journeys/{id}", operation_id = "getJourney", tag = "journeys", params(("id" = Uuid, Path)),
    responses((status = 200, body = JourneyView, description = "The journey")), extensions(("x-permission" = json!("read"))))]
async fn get_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<JourneyId>,
) -> Answer<Json<JourneyView>> {
    let (journey, (active, names)) =
        app.read(move |tx| Ok((db::find(tx, caller.workspace, id)?, beside(tx, caller.workspace)?))).await?;
    Ok(Json(JourneyView::new(journey, &active, &names)))
}

/// Changes name, account or draft; what is published goes on as it was.
#[utoipa::path(put, path = "/journeys/{id}", operation_id = "updateJourney", tag = "journeys", request_body = JourneyInput, params(("id" = Uuid, Path)),
    responses((status = 200, body = JourneyView, description = "Changed")), extensions(("x-permission" = json!("define"))))]
async fn update_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<JourneyId>,
    Body(body): Body<Value>,
) -> Answer<Json<JourneyView>> {
    let Parts { name, channel, revision, graph } = split(body)?;
    let edit = db::Edit { name, channel, graph, revision };
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let (journey, (active, names)) = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            Ok((db::update(tx, &act, &*words, id, &edit)?, beside(tx, act.workspace)?))
        })
        .await?;
    Ok(Json(JourneyView::new(journey, &active, &names)))
}

/// Deletes a journey nobody ever walked.
#[utoipa::path(delete, path = "/journeys/{id}", operation_id = "deleteJourney", tag = "journeys", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Deleted")), extensions(("x-permission" = json!("define"))))]
async fn delete_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<JourneyId>,
) -> Answer<Done> {
    let act = app.act(&caller);
    app.write(move |tx| db::delete(tx, &act, id)).await?;
    Ok(Done)
}

/// What is published.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublishWish {
    /// The draft that was looked at; refused with `edited_meanwhile` when somebody saved since. Left out: whatever is there.
    #[serde(default)]
    revision: Option<i64>,
}

/// Publishes the draft: people are taken in from now on. Walks under way stay on their version.
#[utoipa::path(post, path = "/journeys/{id}/publish", operation_id = "publishJourney", tag = "journeys", request_body = PublishWish, params(("id" = Uuid, Path)),
    responses((status = 200, body = JourneyView, description = "Published")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn publish_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<JourneyId>,
    Body(wish): Body<PublishWish>,
) -> Answer<Json<JourneyView>> {
    let (act, catalogs) = (app.act(&caller), app.engine.catalogs.clone());
    let (journey, (active, names)) = app
        .write(move |tx| {
            let words = catalogs.get(tx, act.workspace)?;
            Ok((db::publish(tx, &act, &*words, id, wish.revision)?, beside(tx, act.workspace)?))
        })
        .await?;
    Ok(Json(JourneyView::new(journey, &active, &names)))
}

/// Stops a journey: nobody is taken in, and walks stand still until it is published again.
#[utoipa::path(post, path = "/journeys/{id}/stop", operation_id = "stopJourney", tag = "journeys", params(("id" = Uuid, Path)),
    responses((status = 200, body = JourneyView, description = "Stopped")), extensions(("x-permission" = json!("define"))))]
async fn stop_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::Define>,
    Ids(id): Ids<JourneyId>,
) -> Answer<Json<JourneyView>> {
    let act = app.act(&caller);
    let (journey, (active, names)) = app.write(move |tx| Ok((db::stop(tx, &act, id)?, beside(tx, act.workspace)?))).await?;
    Ok(Json(JourneyView::new(journey, &active, &names)))
}

/// Whom to put in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Enroll {
    /// 1–500 people.
    contact_ids: Vec<Uuid>,
    /// What it is about (an order, a cart), if the journey is keyed.
    #[serde(default)]
    key: String,
}

/// Puts people into a published journey by hand.
#[utoipa::path(post, path = "/journeys/{id}/enroll", operation_id = "enrollJourney", tag = "journeys", request_body = Enroll, params(("id" = Uuid, Path)),
    responses((status = 202, body = Taken, description = "Taken; they begin in a moment")), extensions(("x-permission" = json!("send_broadcast"))))]
async fn enroll_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendBroadcast>,
    Ids(id): Ids<JourneyId>,
    stamp: Option<Extension<Stamp>>,
    Body(enroll): Body<Enroll>,
) -> Answer<Accepted<Taken>> {
    let workspace = caller.workspace;
    let journey = app.read(move |tx| db::find(tx, workspace, id)).await?;
    if journey.state != JourneyState::Published {
        return Err(Problem::new(Code::WrongState).saying("公開中のシナリオにだけ登録できます。先に公開してください。"));
    }
    if enroll.contact_ids.is_empty() || enroll.contact_ids.len() > ENROLL_MAX {
        return Err(Problem::invalid("contact_ids", "count", format!("1〜{ENROLL_MAX}人ずつ登録してください。")));
    }
    let detail = serde_json::json!({ "journey": id, "key": enroll.key });
    let kind = EventKind::Enroll { journey: id, key: enroll.key };
    let stamp = stamp.map(|Extension(stamp)| stamp);
    let deed = Deed {
        channel: Some(journey.channel),
        contacts: &enroll.contact_ids,
        kind,
        action: Some("journey.enroll"),
        detail,
        stamp,
    };
    let events = act_on(&app, &caller, deed).await?;
    Ok(Accepted(Taken { events }))
}

/// For whom, from when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DryRunQuestion {
    /// Without one: a person of whom nothing is known.
    #[serde(default)]
    contact_id: Option<Uuid>,
    /// Now by default.
    #[serde(default)]
    at: Option<Time>,
    /// What the trigger would bring.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// A graph that is not saved yet; by default the saved draft.
    #[serde(default)]
    #[schema(value_type = Option<Graph>)]
    graph: Option<Value>,
}

/// What the draft would say, and when, if nothing else happened.
#[utoipa::path(post, path = "/journeys/{id}/dry-run", operation_id = "dryRunJourney", tag = "journeys", request_body = DryRunQuestion, params(("id" = Uuid, Path)),
    responses((status = 200, body = Items<PlannedStep>, description = "In order of time")), extensions(("x-permission" = json!("read"))))]
async fn dry_run_journey(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<JourneyId>,
    Body(question): Body<DryRunQuestion>,
) -> Answer<Json<Items<PlannedStep>>> {
    let workspace = caller.workspace;
    let contact_id = question.contact_id.map(ContactId);
    let (stored, contact) = app
        .read(move |tx| {
            let stored = db::find(tx, workspace, id)?;
            let contact = match contact_id {
                Some(id) => Some(contacts::load(tx, workspace, &[id])?.remove(&id).ok_or(engine::Error::NotFound)?),
                None => None,
            };
            Ok((stored, contact))
        })
        .await?;
    let catalog = app.catalog(workspace).await?;
    let contact = contact.unwrap_or_else(|| super::template::sample(&catalog));
    let now = question.at.map_or_else(|| app.now_ms(), |time| time.0);
    let graph = match &question.graph {
        Some(graph) => Graph::read(graph, &*catalog).map_err(engine::Error::Invalid)?,
        None => stored.draft,
    };
    let journey = Journey {
        id,
        channel: stored.channel,
        name: stored.name,
        state: stored.state,
        version: stored.version.map(|(id, _)| id),
    };
    let plan = dry_run(&journey, &graph, &contact, &question.data, &super::segment::context(&catalog, now));
    show(&app, &catalog, &contact, stored.channel, plan).await.map(|items| Json(Items { items }))
}

/// One line of the forecast, with the messages as they would arrive.
#[derive(Serialize, ToSchema)]
struct PlannedStep {
    #[serde(flatten)]
    step: Planned,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    messages: Option<Value>,
    /// Why nothing would be said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

async fn show(
    app: &App,
    catalog: &engine::workspace::Catalog,
    contact: &Contact,
    channel: ChannelId,
    plan: Vec<Planned>,
) -> Answer<Vec<PlannedStep>> {
    use engine::journey::Plan;
    let workspace = catalog.workspace;
    let wanted: std::collections::BTreeSet<_> = plan
        .iter()
        .filter_map(|step| match &step.what {
            Plan::Message { template, .. } => Some(*template),
            _ => None,
        })
        .collect();
    let found = app
        .read(move |tx| {
            Ok(templates::find_many(tx, workspace, &wanted)?
                .into_iter()
                .map(|template| (template.id, template.messages))
                .collect::<BTreeMap<_, _>>())
        })
        .await?;
    Ok(plan
        .into_iter()
        .map(|step| {
            let (messages, errors) = match &step.what {
                Plan::Message { template, .. } => found.get(template).map_or((None, Vec::new()), |messages| {
                    super::template::render_for(messages, catalog, contact, Some(channel), step.at)
                }),
                _ => (None, Vec::new()),
            };
            PlannedStep { step, messages, errors }
        })
        .collect())
}
