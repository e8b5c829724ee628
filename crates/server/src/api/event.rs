//! Events (イベント) from the shop, and those that staff actions become.

use std::collections::BTreeSet;

use axum::Extension;
use axum::extract::State;
use engine::access::db::Note;
use engine::contact::{Identity, file::is_user_id, list};
use engine::delivery::Lane;
use engine::event::ingest::{Incoming, Who};
use engine::event::{EventKind, Payload, SayBy, Source};
use engine::ids::{ChannelId, ContactId, EventId, TemplateId, WorkspaceId};
use engine::workspace::Catalog;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::{Answer, Code, FieldError, Problem};
use crate::http::{Accepted, Body, Time};
use crate::idempotency::Stamp;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(send_events))
}

/// Events of one call at most.
const EVENTS_MAX: usize = 500;
/// Bytes of one event's data at most.
const DATA_MAX: usize = 16 * 1024;

/// Something that happened in the shop. Exactly one of `contact_id`, `line_user_id` (with `channel_id`) and `shop_id` says whose.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "order_placed", "shop_id": "C-1024", "key": "order-88", "occurred_at": "2026-11-22T10:00:00+09:00", "data": {"key": "order-88", "total": 5400}}))]
struct ShopEvent {
    /// Its name, `[a-z0-9_.-]{1,64}`.
    name: String,
    /// Its data; `data.key` keys a journey.
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// When; now by default.
    #[serde(default)]
    occurred_at: Option<Time>,
    /// The same key (at the same `occurred_at`, if given) is the same event and is taken once.
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    contact_id: Option<Uuid>,
    #[serde(default)]
    line_user_id: Option<String>,
    /// The shop's own customer id; a contact is made when it is new.
    #[serde(default)]
    shop_id: Option<String>,
    /// The account what follows speaks from.
    #[serde(default)]
    channel_id: Option<Uuid>,
}

/// One event or a list of up to 500.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "documents the body, which is read by hand so that mistakes have paths")]
enum ShopEvents {
    One(ShopEvent),
    Many(Vec<ShopEvent>),
}

/// What was taken.
#[derive(Serialize, ToSchema)]
struct Taken {
    /// New ones.
    accepted: usize,
    /// Those known already.
    duplicates: usize,
    events: Vec<TakenEvent>,
}

/// One of them, in the caller's order.
#[derive(Serialize, ToSchema)]
struct TakenEvent {
    index: usize,
    id: Uuid,
    contact_id: Uuid,
}

/// Reports what happened in the shop. All are taken, or none.
#[utoipa::path(post, path = "/events", operation_id = "sendEvents", tag = "events", request_body = ShopEvents,
    responses((status = 202, body = Taken, description = "Stored; applied in a moment")), extensions(("x-permission" = json!("send_events"))))]
async fn send_events(
    State(app): State<App>,
    Require(caller, ..): Require<can::SendEvents>,
    stamp: Option<Extension<Stamp>>,
    Body(body): Body<Value>,
) -> Answer<Accepted<Taken>> {
    let events = read(body)?;
    let catalog = app.catalog(caller.workspace).await?;
    let known =
        known_contacts(&app, caller.workspace, events.iter().filter_map(|event| event.contact_id).map(ContactId).collect())
            .await?;
    let stamp = stamp.map(|Extension(stamp)| stamp);
    let now = stamp.as_ref().map_or_else(|| app.now_ms(), |stamp| stamp.at);
    let mut problems = Vec::new();
    let mut items = Vec::new();
    for (index, event) in events.into_iter().enumerate() {
        match incoming(event, index, &catalog, &known, now, stamp.as_ref()) {
            Ok(item) => items.push(item),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Problem::invalid_all(problems));
    }
    let ids: Vec<EventId> = items.iter().map(|item| item.id).collect();
    let taken = app.engine.ingest.take(items).await?;
    let events = ids.iter().zip(&taken.contacts).enumerate().map(|(index, (id, contact))| TakenEvent {
        index,
        id: id.0,
        contact_id: contact.0,
    });
    Ok(Accepted(Taken { accepted: taken.fresh, duplicates: ids.len() - taken.fresh, events: events.collect() }))
}

fn read(body: Value) -> Answer<Vec<ShopEvent>> {
    let list = match body {
        Value::Array(list) => list,
        one => vec![one],
    };
    if list.is_empty() || list.len() > EVENTS_MAX {
        return Err(Problem::invalid("", "count", format!("イベントは1〜{EVENTS_MAX}件ずつ送ってください。")));
    }
    let mut events = Vec::with_capacity(list.len());
    let mut problem = Problem::new(Code::BadRequest);
    for (index, value) in list.into_iter().enumerate() {
        match serde_path_to_error::deserialize(value) {
            Ok(event) => events.push(event),
            Err(error) => {
                problem = problem.at(format!("[{index}].{}", error.path()), "type", format!("読み取れません: {}", error.inner()))
            }
        }
    }
    if problem.errors.is_empty() { Ok(events) } else { Err(problem) }
}

fn incoming(
    event: ShopEvent,
    index: usize,
    catalog: &Catalog,
    known: &BTreeSet<ContactId>,
    now: i64,
    stamp: Option<&Stamp>,
) -> Result<Incoming, FieldError> {
    let at = |field: &str, code: &'static str, message: &str| FieldError {
        path: format!("[{index}].{field}"),
        code: code.into(),
        message: message.to_owned(),
    };
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-');
    if event.name.is_empty() || event.name.len() > 64 || !event.name.bytes().all(plain) {
        return Err(at("name", "bad_name", "名前は半角の英小文字・数字・_ . - で64文字以内です。"));
    }
    if EventKind::is_reserved(&event.name) {
        return Err(at("name", "reserved", "この名前はEnishiが使っています。別の名前にしてください。"));
    }
    if serde_json::to_string(&event.data).map_or(0, |json| json.len()) > DATA_MAX {
        return Err(at("data", "too_large", "data は16KB以内にしてください。"));
    }
    let channel = event.channel_id.map(ChannelId);
    if channel.is_some_and(|id| !catalog.channels.contains_key(&id)) {
        return Err(at("channel_id", "unknown_channel", "このLINEアカウントはありません。"));
    }
    let who = match (event.contact_id, event.line_user_id, event.shop_id) {
        (Some(id), None, None) if known.contains(&ContactId(id)) => Who::Contact(ContactId(id)),
        (Some(_), None, None) => return Err(at("contact_id", "unknown_contact", "この顧客はいません。")),
        (None, Some(user_id), None) => {
            let account = channel.and_then(|id| catalog.channels.get(&id));
            let account = account
                .ok_or_else(|| at("channel_id", "required", "line_user_id を使うときは channel_id も指定してください。"))?;
            if !is_user_id(&user_id) {
                return Err(at("line_user_id", "bad_user_id", "LINEのユーザーIDは U と32桁の英数字です。"));
            }
            Who::Identity(Identity::Line(account.provider, user_id))
        }
        (None, None, Some(id)) if (1..=200).contains(&id.chars().count()) => Who::Identity(Identity::Shop(id)),
        (None, None, Some(_)) => return Err(at("shop_id", "length", "shop_id は1〜200文字です。")),
        _ => {
            return Err(at(
                "contact_id",
                "required",
                "contact_id、line_user_id(channel_id とともに)、shop_id のどれか1つで誰のイベントか指定してください。",
            ));
        }
    };
    let occurred_at = event.occurred_at.map(|time| time.0);
    if occurred_at.is_some_and(|at| at < 0 || at > now + 24 * 3_600_000) {
        return Err(at("occurred_at", "out_of_range", "日時は1970年から明日までで指定してください。"));
    }
    let id = match (&event.key, stamp) {
        (Some(key), _) if key.is_empty() || key.len() > 200 => return Err(at("key", "length", "key は1〜200文字です。")),
        // Without a time of its own the key alone must decide, or a repetition would be a new event.
        (Some(key), _) => {
            EventId::keyed(catalog.workspace.0, format!("{}\0{key}", event.name).as_bytes(), occurred_at.unwrap_or(0))
        }
        (None, Some(stamp)) => stamp.event(catalog.workspace, index),
        (None, None) => EventId::new(now),
    };
    let kind = EventKind::Custom { name: event.name, data: event.data };
    Ok(Incoming {
        workspace: catalog.workspace,
        id,
        channel,
        who,
        source: Source::Api,
        occurred_at: occurred_at.unwrap_or(now),
        payload: payload(kind),
    })
}

fn payload(kind: EventKind) -> Payload {
    Payload { kind, reply: None, standby: false, actor: None }
}

/// Which of these contacts are of the workspace.
pub(super) async fn known_contacts(app: &App, workspace: WorkspaceId, ids: Vec<ContactId>) -> Answer<BTreeSet<ContactId>> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = app.read(move |tx| list::rows(tx, workspace, &ids)).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The source of what a caller does by hand.
fn source(caller: &Caller) -> Source {
    if caller.user().is_some() { Source::Staff } else { Source::Api }
}

/// What a caller does to contacts by hand.
pub(super) struct Deed<'a> {
    /// On which account, if on one.
    pub(super) channel: Option<ChannelId>,
    /// To whom.
    pub(super) contacts: &'a [Uuid],
    /// The event it becomes for each of them.
    pub(super) kind: EventKind,
    /// Its name in the audit log; `None` for what is no change worth a line (having read a talk).
    pub(super) action: Option<&'static str>,
    /// What the audit log tells of it.
    pub(super) detail: Value,
    /// Marks a request that may be a repetition.
    pub(super) stamp: Option<Stamp>,
}

/// Turns a deed into one event for each contact, all stored or none. Answers their ids.
pub(super) async fn act_on(app: &App, caller: &Caller, deed: Deed<'_>) -> Answer<Vec<Uuid>> {
    let Deed { channel, contacts, kind, action, detail, stamp } = deed;
    let wanted: Vec<ContactId> = contacts.iter().copied().map(ContactId).collect();
    let known = known_contacts(app, caller.workspace, wanted.clone()).await?;
    let missing = wanted.iter().enumerate().find(|(_, id)| !known.contains(id));
    if let Some((index, _)) = missing {
        return Err(Problem::new(Code::NotFound).at(format!("contact_ids[{index}]"), "unknown_contact", "この顧客はいません。"));
    }
    let now = stamp.as_ref().map_or_else(|| app.now_ms(), |stamp| stamp.at);
    let items: Vec<Incoming> = wanted
        .iter()
        .enumerate()
        .map(|(index, contact)| Incoming {
            workspace: caller.workspace,
            id: stamp.as_ref().map_or_else(|| EventId::new(now), |stamp| stamp.event(caller.workspace, index)),
            channel,
            who: Who::Contact(*contact),
            source: source(caller),
            occurred_at: now,
            payload: payload(kind.clone()),
        })
        .collect();
    let ids: Vec<Uuid> = items.iter().map(|item| item.id.0).collect();
    let Some(action) = action else {
        app.engine.ingest.take(items).await?;
        return Ok(ids);
    };
    let object = if let [only] = wanted[..] { only.0 } else { Uuid::nil() };
    let detail = serde_json::json!({ "people": ids.len(), "channel": channel, "detail": detail });
    app.engine.ingest.take_noted(items, Note { act: app.act(caller), action, object, detail }).await?;
    Ok(ids)
}

/// What is said by hand.
pub(super) struct Speech {
    pub(super) template: Option<TemplateId>,
    pub(super) messages: Option<Value>,
    pub(super) lane: Lane,
    pub(super) test: bool,
}

/// Staff in the talk wait for an answer an hour at most (promise 6).
const SPEECH_LIFE_MS: i64 = 3_600_000;
/// People a test goes to at most.
const TEST_MAX: usize = 20;

/// Says something to contacts on a channel, by hand.
pub(super) async fn say(
    app: &App,
    caller: &Caller,
    channel: ChannelId,
    contacts: &[Uuid],
    speech: Speech,
    stamp: Option<Stamp>,
) -> Answer<Vec<Uuid>> {
    if contacts.is_empty() || contacts.len() > TEST_MAX {
        return Err(Problem::invalid("contact_ids", "count", format!("1〜{TEST_MAX}人を選んでください。")));
    }
    let catalog = app.catalog(caller.workspace).await?;
    if !catalog.channels.contains_key(&channel) {
        return Err(Problem::new(Code::NotFound).at("channel_id", "unknown_channel", "このLINEアカウントはありません。"));
    }
    let by = match (speech.test, caller.user()) {
        (true, _) => SayBy::Test,
        (false, Some(user)) => SayBy::Staff(user),
        (false, None) => SayBy::Api,
    };
    let not_after = app.now_ms() + SPEECH_LIFE_MS;
    let action = Some(if speech.test { "template.test" } else { "conversation.send" });
    // What was said stands in the talk; the log tells that it was said.
    let detail = serde_json::json!({ "template": speech.template });
    let kind = EventKind::Say { by, template: speech.template, messages: speech.messages, lane: speech.lane, not_after };
    act_on(app, caller, Deed { channel: Some(channel), contacts, kind, action, detail, stamp }).await
}
