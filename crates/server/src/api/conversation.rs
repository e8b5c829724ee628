//! Conversations (個別トーク).

use axum::extract::State;
use axum::{Extension, Json};
use engine::contact::ContactChange;
use engine::conversation::view::{self, Filter, Place};
use engine::delivery::Lane;
use engine::event::EventKind;
use engine::ids::{ChannelId, ContactId, TemplateId, UserId};
use line::validate::{SendKind, validate_json};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::event::{Deed, Speech, act_on, say};
use crate::app::App;
use crate::auth::{Caller, Require, can};
use crate::error::{Answer, Code, FieldError, Problem};
use crate::http::{Accepted, Body, Ids, Items, Page, PageQuery, Query};
use crate::idempotency::Stamp;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(list_marks))
        .routes(routes!(get_conversation))
        .routes(routes!(list_messages, send_message))
        .routes(routes!(set_mark))
        .routes(routes!(set_assignee))
        .routes(routes!(mark_read))
}

/// One talk.
#[derive(Serialize, ToSchema)]
#[schema(as = Conversation)]
struct ConversationView {
    channel_id: Uuid,
    contact: TalkContact,
    unread: i64,
    /// 対応マーク, '' for none.
    mark: String,
    assignee: Option<Uuid>,
    last_at: i64,
    last_text: String,
    waiting_since: Option<i64>,
    /// Until when an answer costs nothing.
    can_reply_free_until: Option<i64>,
}

/// With whom.
#[derive(Serialize, ToSchema)]
struct TalkContact {
    id: Uuid,
    /// person, group or room.
    kind: String,
    display_name: Option<String>,
    picture_url: Option<String>,
}

impl From<view::Conversation> for ConversationView {
    fn from(talk: view::Conversation) -> Self {
        Self {
            channel_id: talk.channel.0,
            contact: TalkContact {
                id: talk.contact.0,
                kind: talk.kind,
                display_name: talk.display_name,
                picture_url: talk.picture_url,
            },
            unread: talk.unread,
            mark: talk.mark,
            assignee: talk.assignee.map(|id| id.0),
            last_at: talk.last_at,
            last_text: talk.last_text,
            waiting_since: talk.waiting_since,
            can_reply_free_until: talk.reply_until,
        }
    }
}

/// Which talks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TalkQuery {
    #[serde(default)]
    channel: Option<Uuid>,
    /// '' finds talks without a mark.
    #[serde(default)]
    mark: Option<String>,
    #[serde(default)]
    assignee: Option<Uuid>,
    /// Only with unread messages.
    #[serde(default)]
    unread: bool,
}

/// Talks, the newest message first.
#[utoipa::path(get, path = "/conversations", operation_id = "listConversations", tag = "conversations", params(TalkQuery, PageQuery),
    responses((status = 200, body = Page<ConversationView>, description = "A page of talks")), extensions(("x-permission" = json!("read"))))]
async fn list_conversations(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<TalkQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<ConversationView>>> {
    let (after, limit) = (page.after::<(i64, ContactId)>()?, page.limit());
    let filter = Filter {
        channel: query.channel.map(ChannelId),
        mark: query.mark,
        assignee: query.assignee.map(UserId),
        unread: query.unread,
    };
    let talks = app.read(move |tx| view::page(tx, caller.workspace, &filter, after, limit + 1)).await?;
    Ok(Json(Page::cut(talks, limit, |talk| (talk.last_at, talk.contact)).map(Into::into)))
}

/// A mark in use.
#[derive(Serialize, ToSchema)]
struct MarkCount {
    mark: String,
    conversations: i64,
}

/// 対応マーク in use.
#[utoipa::path(get, path = "/marks", operation_id = "listMarks", tag = "conversations",
    responses((status = 200, body = Items<MarkCount>, description = "Marks")), extensions(("x-permission" = json!("read"))))]
async fn list_marks(State(app): State<App>, Require(caller, ..): Require<can::Read>) -> Answer<Json<Items<MarkCount>>> {
    let marks = app.read(move |tx| view::marks(tx, caller.workspace)).await?;
    Ok(Json(Items { items: marks.into_iter().map(|(mark, conversations)| MarkCount { mark, conversations }).collect() }))
}

/// One talk.
#[utoipa::path(get, path = "/conversations/{channel_id}/{contact_id}", operation_id = "getConversation", tag = "conversations",
    params(("channel_id" = Uuid, Path), ("contact_id" = Uuid, Path)),
    responses((status = 200, body = ConversationView, description = "The talk")), extensions(("x-permission" = json!("read"))))]
async fn get_conversation(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids((channel, contact)): Ids<(ChannelId, ContactId)>,
) -> Answer<Json<ConversationView>> {
    Ok(Json(app.read(move |tx| view::find(tx, caller.workspace, channel, contact)).await?.into()))
}

/// One message of a talk.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
struct MessageView {
    id: Uuid,
    at: i64,
    /// in or out.
    direction: String,
    /// text, image, …
    kind: String,
    text: String,
    /// LINE's JSON; outward an array.
    #[schema(value_type = Object)]
    body: Value,
    /// In a group: who wrote. Outward: who of the staff.
    sender: Option<String>,
    media: Option<Media>,
    unsent_at: Option<i64>,
    edited_at: Option<i64>,
    delivery: Option<MessageDelivery>,
    /// The broadcast that said it.
    broadcast: Option<MessageBroadcast>,
}

/// Which broadcast.
#[derive(Serialize, ToSchema)]
struct MessageBroadcast {
    id: Uuid,
    name: String,
}

/// The kept file.
#[derive(Serialize, ToSchema)]
struct Media {
    url: String,
}

/// What became of what we said.
#[derive(Serialize, ToSchema)]
struct MessageDelivery {
    state: String,
    reason: Option<String>,
}

impl MessageView {
    fn new(message: view::Message, contact: ContactId) -> Self {
        let url = format!("/api/v1/contacts/{contact}/media/{}", message.id);
        Self {
            id: message.id,
            at: message.at,
            direction: message.direction,
            kind: message.kind,
            text: message.text,
            body: serde_json::from_str(&message.body).unwrap_or_default(),
            sender: message.sender,
            media: message.media.map(|_| Media { url }),
            unsent_at: message.unsent_at,
            edited_at: message.edited_at,
            delivery: message.delivery.map(|(state, reason)| MessageDelivery { state, reason }),
            broadcast: message.broadcast.map(|(id, name)| MessageBroadcast { id: id.0, name }),
        }
    }
}

/// Messages of a talk, broadcasts among them, newest first.
#[utoipa::path(get, path = "/conversations/{channel_id}/{contact_id}/messages", operation_id = "listMessages", tag = "conversations",
    params(("channel_id" = Uuid, Path), ("contact_id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<MessageView>, description = "A page of messages")), extensions(("x-permission" = json!("read"))))]
async fn list_messages(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids((channel, contact)): Ids<(ChannelId, ContactId)>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<MessageView>>> {
    let (before, limit) = (page.after::<Place>()?, page.limit());
    exists(&app, &caller, channel, contact).await?;
    let catalogs = app.engine.catalogs.clone();
    let talk = (channel, contact);
    let messages = app.read(move |tx| view::messages(tx, &catalogs, caller.workspace, talk, before, limit + 1)).await?;
    Ok(Json(Page::cut(messages, limit, |message| message.place).map(|message| MessageView::new(message, contact))))
}

/// Both must be of this workspace; a talk need not have begun.
async fn exists(app: &App, caller: &Caller, channel: ChannelId, contact: ContactId) -> Answer<()> {
    let known = super::event::known_contacts(app, caller.workspace, vec![contact]).await?;
    let catalog = app.catalog(caller.workspace).await?;
    if known.is_empty() || !catalog.channels.contains_key(&channel) {
        return Err(Code::NotFound.into());
    }
    Ok(())
}

/// Exactly one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "お問い合わせありがとうございます。在庫がございます。"}))]
struct NewMessage {
    #[serde(default)]
    text: Option<String>,
    /// 1–5 messages in LINE's JSON, said as they are.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    messages: Option<Value>,
    #[serde(default)]
    template_id: Option<Uuid>,
}

/// The event the act became.
#[derive(Serialize, ToSchema)]
pub(super) struct Acted {
    event_id: Uuid,
}

impl Acted {
    pub(super) fn of(ids: Vec<Uuid>) -> Answer<Accepted<Self>> {
        ids.into_iter().next().map(|event_id| Accepted(Self { event_id })).ok_or_else(|| Code::Internal.into())
    }
}

/// Says something in the talk.
#[utoipa::path(post, path = "/conversations/{channel_id}/{contact_id}/messages", operation_id = "sendMessage", tag = "conversations",
    request_body = NewMessage, params(("channel_id" = Uuid, Path), ("contact_id" = Uuid, Path)),
    responses((status = 202, body = Acted, description = "On its way")), extensions(("x-permission" = json!("talk"))))]
async fn send_message(
    State(app): State<App>,
    Require(caller, ..): Require<can::Talk>,
    Ids((channel, contact)): Ids<(ChannelId, ContactId)>,
    stamp: Option<Extension<Stamp>>,
    Body(new): Body<NewMessage>,
) -> Answer<Accepted<Acted>> {
    exists(&app, &caller, channel, contact).await?;
    let (template, messages) = match (new.text, new.messages, new.template_id) {
        (Some(text), None, None) => (None, Some(json!([{ "type": "text", "text": text }]))),
        (None, Some(messages), None) => (None, Some(messages)),
        (None, None, Some(id)) => {
            let id = TemplateId(id);
            app.read(move |tx| engine::template::db::find(tx, caller.workspace, id)).await?;
            (Some(id), None)
        }
        _ => return Err(Problem::invalid("text", "required", "text、messages、template_id のどれか1つを指定してください。")),
    };
    if let Some(messages) = &messages {
        check(messages)?;
    }
    let speech = Speech { template, messages, lane: Lane::Chat, test: false };
    Acted::of(say(&app, &caller, channel, &[contact.0], speech, stamp.map(|Extension(stamp)| stamp)).await?)
}

/// LINE's limits, with the path of every mistake.
fn check(messages: &Value) -> Answer<()> {
    let wrong = validate_json(messages, SendKind::Push);
    if wrong.is_empty() {
        return Ok(());
    }
    let errors = wrong.into_iter().map(|violation| FieldError {
        code: violation.code().into(),
        message: violation.ja(),
        path: violation.path,
    });
    Err(Problem::invalid_all(errors.collect()))
}

async fn change(
    app: &App,
    caller: &Caller,
    channel: ChannelId,
    contact: ContactId,
    change: ContactChange,
) -> Answer<Accepted<Acted>> {
    exists(app, caller, channel, contact).await?;
    let action = match &change {
        ContactChange::Mark { .. } => Some("conversation.mark"),
        ContactChange::Assign { .. } => Some("conversation.assign"),
        _ => None,
    };
    let detail = serde_json::to_value(&change).unwrap_or_default();
    let kind = EventKind::Changed { changes: vec![change] };
    let deed = Deed { channel: Some(channel), contacts: &[contact.0], kind, action, detail, stamp: None };
    Acted::of(act_on(app, caller, deed).await?)
}

/// 対応マーク.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mark": "対応中"}))]
struct NewMark {
    /// '' clears.
    mark: String,
}

/// Sets the 対応マーク.
#[utoipa::path(put, path = "/conversations/{channel_id}/{contact_id}/mark", operation_id = "setMark", tag = "conversations",
    request_body = NewMark, params(("channel_id" = Uuid, Path), ("contact_id" = Uuid, Path)),
    responses((status = 202, body = Acted, description = "Set in a moment")), extensions(("x-permission" = json!("talk"))))]
async fn set_mark(
    State(app): State<App>,
    Require(caller, ..): Require<can::Talk>,
    Ids((channel, contact)): Ids<(ChannelId, ContactId)>,
    Body(new): Body<NewMark>,
) -> Answer<Accepted<Acted>> {
    let mark = new.mark.trim();
    if mark.chars().count() > 20 {
        return Err(Problem::invalid("mark", "too_long", "対応マークは20文字以内です。"));
    }
    change(&app, &caller, channel, contact, ContactChange::Mark { channel, mark: mark.to_owned() }).await
}

/// Who takes care.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignee {
    /// Null: nobody.
    user_id: Option<Uuid>,
}

/// Sets who takes care.
#[utoipa::path(put, path = "/conversations/{channel_id}/{contact_id}/assignee", operation_id = "setAssignee", tag = "conversations",
    request_body = NewAssignee, params(("channel_id" = Uuid, Path), ("contact_id" = Uuid, Path)),
    responses((status = 202, body = Acted, description = "Set in a moment")), extensions(("x-permission" = json!("talk"))))]
async fn set_assignee(
    State(app): State<App>,
    Require(caller, ..): Require<can::Talk>,
    Ids((channel, contact)): Ids<(ChannelId, ContactId)>,
    Body(new): Body<NewAssignee>,
) -> Answer<Accepted<Acted>> {
    let user = new.user_id.map(UserId);
    if let Some(id) = user {
        let workspace = caller.workspace;
        app.read(move |tx| engine::access::db::find_member(tx, workspace, id)).await?;
    }
    change(&app, &caller, channel, contact, ContactChange::Assign { channel, user }).await
}

/// Staff have seen everything.
#[utoipa::path(post, path = "/conversations/{channel_id}/{contact_id}/read", operation_id = "markRead", tag = "conversations",
    params(("channel_id" = Uuid, Path), ("contact_id" = Uuid, Path)),
    responses((status = 202, body = Acted, description = "Marked in a moment")), extensions(("x-permission" = json!("talk"))))]
async fn mark_read(
    State(app): State<App>,
    Require(caller, ..): Require<can::Talk>,
    Ids((channel, contact)): Ids<(ChannelId, ContactId)>,
) -> Answer<Accepted<Acted>> {
    change(&app, &caller, channel, contact, ContactChange::Read { channel }).await
}
