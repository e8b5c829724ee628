//! One contact's page and timeline.

use axum::Json;
use axum::extract::State;
use engine::contact::view::{self, BroadcastSend, DeliveryRow, EventRow};
use engine::contact::{Contact, ContactKind, Enrollment, EnrollmentState, FriendState, db, merge};
use engine::delivery::{CauseKind, DeliveryState, Lane, Reason};
use engine::ids::ContactId;
use engine::journey::Step;
use engine::workspace::{AttributeType, Catalog};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code};
use crate::http::{Ids, Page, PageQuery, Query};

/// Everything known of a contact.
#[derive(Serialize, ToSchema)]
#[schema(as = Contact)]
pub(super) struct ContactView {
    id: Uuid,
    kind: ContactKind,
    display_name: Option<String>,
    picture_url: Option<String>,
    language: Option<String>,
    status_message: Option<String>,
    /// When LINE's profile was last read.
    profile_at: Option<i64>,
    memo: String,
    staff: bool,
    consent: bool,
    tags: Vec<Uuid>,
    identities: Vec<IdentityView>,
    friendships: Vec<FriendshipView>,
    attributes: Vec<AttributeView>,
    enrollments: Vec<EnrollmentView>,
    conversations: Vec<TalkView>,
    /// What the person said about single accounts; an account of null stands for all of them.
    consents: Vec<ConsentView>,
    /// Whether their doings may be analysed under their name.
    is_analysed: bool,
    /// What they said about that; null: nothing.
    analysis: Option<ConsentView>,
    /// Contacts that were merged into this one, and can be split again.
    merged: Vec<MergedView>,
    created_at: i64,
    updated_at: i64,
}

/// What a person said.
#[derive(Serialize, ToSchema)]
struct ConsentView {
    channel_id: Option<Uuid>,
    granted: bool,
    /// line, staff, api, import.
    source: String,
    at: i64,
}

/// A contact that went into this one.
#[derive(Serialize, ToSchema)]
struct MergedView {
    /// Names the merge.
    id: Uuid,
    contact_id: Uuid,
    at: i64,
    /// Whether it can be split from here.
    direct: bool,
}

/// How another system names the person.
#[derive(Serialize, ToSchema)]
struct IdentityView {
    /// line, group, room, shop.
    kind: String,
    /// The provider (line) or the account (group, room); null else.
    scope: Option<Uuid>,
    value: String,
}

/// 友だち状態 on one account.
#[derive(Serialize, ToSchema)]
struct FriendshipView {
    channel_id: Uuid,
    user_id: String,
    state: FriendState,
    changed_at: i64,
    friend_since: Option<i64>,
    wrote_at: Option<i64>,
    source: Option<String>,
}

/// A value of a 友だち情報欄.
#[derive(Serialize, ToSchema)]
struct AttributeView {
    attribute_id: Uuid,
    key: String,
    label: String,
    #[serde(rename = "type")]
    ty: AttributeType,
    value: String,
    at: i64,
}

/// A walk through a シナリオ.
#[derive(Serialize, ToSchema)]
struct EnrollmentView {
    id: Uuid,
    journey_id: Uuid,
    /// Null when the journey is gone.
    journey_name: Option<String>,
    version_id: Uuid,
    key: String,
    state: EnrollmentState,
    node: String,
    due_at: Option<i64>,
    reason: Option<String>,
    entered_at: i64,
    /// What comes when it goes on: message, actions, wait, branch, end; null once it has ended.
    next: Option<&'static str>,
    /// The template of a message that comes next.
    next_template_id: Option<Uuid>,
}

/// A talk's handling state.
#[derive(Serialize, ToSchema)]
struct TalkView {
    channel_id: Uuid,
    unread: i64,
    mark: String,
    assignee: Option<Uuid>,
    last_at: i64,
    waiting_since: Option<i64>,
}

/// One contact.
#[utoipa::path(get, path = "/contacts/{id}", operation_id = "getContact", tag = "contacts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ContactView, description = "The contact")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn get_contact(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ContactId>,
) -> Answer<Json<ContactView>> {
    let workspace = caller.workspace;
    let catalog = app.catalog(workspace).await?;
    let (contact, identities, (updated_at, times), merged) = app
        .read(move |tx| {
            let contact = db::load(tx, workspace, &[id])?.remove(&id).ok_or(engine::Error::NotFound)?;
            let merged = merge::merged(tx, workspace, id)?;
            Ok((contact, view::identities(tx, workspace, id)?, view::times(tx, workspace, id)?, merged))
        })
        .await?;
    let times = times.into_iter().collect();
    let mut page = ContactView::new(contact, &catalog, identities, updated_at, &times);
    page.merged = merged
        .into_iter()
        .map(|merged| MergedView { id: merged.id.0, contact_id: merged.gone.0, at: merged.at, direct: merged.kept == id })
        .collect();
    Ok(Json(page))
}

type Times = std::collections::BTreeMap<engine::ids::AttributeId, i64>;

impl ContactView {
    fn new(contact: Contact, catalog: &Catalog, identities: Vec<(String, Uuid, String)>, updated_at: i64, times: &Times) -> Self {
        let attributes = contact.attributes.iter().filter_map(|(id, value)| {
            let field = catalog.attributes.get(id)?;
            let (key, label, ty) = (field.key.clone(), field.label.clone(), field.ty);
            Some(AttributeView {
                attribute_id: id.0,
                key,
                label,
                ty,
                value: value.text.clone(),
                at: times.get(id).copied().unwrap_or(0),
            })
        });
        Self {
            id: contact.id.0,
            kind: contact.kind,
            attributes: attributes.collect(),
            display_name: contact.display_name,
            picture_url: contact.picture_url,
            language: contact.language,
            status_message: contact.status_message,
            profile_at: contact.profile_at,
            memo: contact.memo,
            staff: contact.staff,
            consent: contact.consent,
            tags: contact.tags.into_iter().map(|id| id.0).collect(),
            identities: identities
                .into_iter()
                .map(|(kind, scope, value)| IdentityView { kind, scope: (!scope.is_nil()).then_some(scope), value })
                .collect(),
            friendships: contact
                .friendships
                .into_iter()
                .map(|(channel, f)| FriendshipView {
                    channel_id: channel.0,
                    user_id: f.user_id,
                    state: f.state,
                    changed_at: f.changed_at,
                    friend_since: f.friend_since,
                    wrote_at: contact.talks.get(&channel).and_then(|talk| talk.wrote_at),
                    source: f.source,
                })
                .collect(),
            enrollments: contact
                .enrollments
                .into_iter()
                .map(|e| (following(&e, catalog), e))
                .map(|((next, next_template_id), e)| EnrollmentView {
                    next,
                    next_template_id,
                    id: e.id.0,
                    journey_id: e.journey.0,
                    journey_name: catalog.journeys.get(&e.journey).map(|journey| journey.name.clone()),
                    version_id: e.version.0,
                    key: e.key,
                    state: e.state,
                    node: e.node,
                    due_at: e.due_at,
                    reason: e.reason,
                    entered_at: e.entered_at,
                })
                .collect(),
            conversations: contact
                .talks
                .into_iter()
                .map(|(channel, talk)| TalkView {
                    channel_id: channel.0,
                    unread: talk.unread,
                    mark: talk.mark,
                    assignee: talk.assignee.map(|id| id.0),
                    last_at: talk.last_at,
                    waiting_since: talk.waiting_since,
                })
                .collect(),
            is_analysed: contact.analysis.as_ref().is_none_or(|said| said.granted),
            analysis: contact.analysis.map(|said| ConsentView {
                channel_id: None,
                granted: said.granted,
                source: said.source,
                at: said.at,
            }),
            consents: contact
                .consents
                .into_iter()
                .map(|(channel, said)| ConsentView {
                    channel_id: (!channel.0.is_nil()).then_some(channel.0),
                    granted: said.granted,
                    source: said.source,
                    at: said.at,
                })
                .collect(),
            merged: Vec::new(),
            created_at: contact.created_at,
            updated_at,
        }
    }
}

/// What stands behind the step a walk waits at.
fn following(walk: &Enrollment, catalog: &Catalog) -> (Option<&'static str>, Option<Uuid>) {
    let graph = catalog.graphs.get(&walk.version).filter(|_| walk.state == EnrollmentState::Active);
    let Some(graph) = graph else { return (None, None) };
    let Some(node) = graph.node(&walk.node) else { return (Some("wait"), None) };
    match graph.following(node).map(|next| &next.step) {
        Some(Step::Message { template, .. }) => (Some("message"), Some(template.0)),
        Some(Step::Actions { .. }) => (Some("actions"), None),
        Some(Step::Wait { .. }) => (Some("wait"), None),
        Some(Step::Branch { .. } | Step::Choose { .. }) => (Some("branch"), None),
        Some(Step::Goal {} | Step::Exit {}) | None => (Some("end"), None),
    }
}

/// One thing on the timeline.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum TimelineEntry {
    /// Something happened.
    Event {
        /// Id.
        id: Uuid,
        /// Unix ms.
        at: i64,
        /// On which account.
        channel_id: Option<Uuid>,
        /// follow, message, …, or the shop's own name.
        kind: String,
        /// Where it came in.
        source: String,
        /// Its data.
        #[schema(value_type = Object)]
        payload: Value,
    },
    /// Something was said, or was to be.
    Delivery {
        /// Id.
        id: Uuid,
        /// Unix ms.
        at: i64,
        /// From which account.
        channel_id: Uuid,
        /// What decided it.
        cause: CauseKind,
        /// Which rule, journey …
        cause_id: Uuid,
        /// Journey node, or ''.
        cause_ref: String,
        /// 種別.
        lane: Lane,
        /// Where it stands.
        state: DeliveryState,
        /// Why it was refused or failed.
        reason: Option<Reason>,
        /// The same in one sentence.
        because: Option<&'static str>,
        /// Null for fixed messages.
        template_version_id: Option<Uuid>,
        /// Due, Unix ms.
        due_at: i64,
        /// Ended, Unix ms.
        done_at: Option<i64>,
    },
    /// A broadcast reached the contact.
    Broadcast {
        /// LINE's call.
        id: Uuid,
        /// Unix ms.
        at: i64,
        /// From which account.
        channel_id: Uuid,
        /// Which.
        broadcast_id: Uuid,
        /// Its name.
        name: String,
        /// 種別.
        lane: Lane,
    },
}

impl TimelineEntry {
    /// Where it stands. Ids carry their time, but a broadcast's request tells when the broadcast was made, not when it went.
    fn place(&self) -> Uuid {
        match self {
            Self::Event { id, .. } | Self::Delivery { id, .. } => *id,
            Self::Broadcast { id, at, .. } => {
                let instant = u128::try_from(*at).unwrap_or(0) << 80;
                Uuid::from_u128(instant | (id.as_u128() & ((1 << 80) - 1)))
            }
        }
    }
}

fn event(row: EventRow) -> TimelineEntry {
    let mut payload: Value = serde_json::from_str(&row.payload).unwrap_or_default();
    // A reply token is a key to speak to the customer: not for show.
    if let Value::Object(map) = &mut payload {
        for secret in ["reply", "kind"] {
            map.remove(secret);
        }
        if let Some(Value::Object(message)) = map.get_mut("message") {
            message.remove("read_token");
        }
    }
    TimelineEntry::Event {
        id: row.id.0,
        at: row.occurred_at,
        channel_id: row.channel.map(|id| id.0),
        kind: row.kind,
        source: row.source,
        payload,
    }
}

fn delivery(row: DeliveryRow) -> TimelineEntry {
    let (cause, cause_id, cause_ref) = row.cause;
    TimelineEntry::Delivery {
        id: row.id.0,
        at: row.created_at,
        channel_id: row.channel.0,
        cause,
        cause_id,
        cause_ref,
        lane: row.lane,
        state: row.state,
        reason: row.reason,
        because: row.reason.map(Reason::sentence),
        template_version_id: row.template_version.map(|id| id.0),
        due_at: row.due_at,
        done_at: row.done_at,
    }
}

fn broadcast(send: BroadcastSend) -> TimelineEntry {
    let BroadcastSend { at, request, channel, lane, broadcast, name } = send;
    TimelineEntry::Broadcast { id: request.0, at, channel_id: channel.0, broadcast_id: broadcast.0, name, lane }
}

/// The instant in a UUIDv7 (RFC 9562 §5.7), Unix ms.
fn instant_of(id: Uuid) -> i64 {
    let bytes = id.as_bytes();
    bytes[..6].iter().fold(0, |ms, byte| ms << 8 | i64::from(*byte))
}

/// What happened and what was said, newest first, in one order of all three.
#[utoipa::path(get, path = "/contacts/{id}/timeline", operation_id = "contactTimeline", tag = "contacts", params(("id" = Uuid, Path), PageQuery),
    responses((status = 200, body = Page<TimelineEntry>, description = "A page of the timeline")), extensions(("x-permission" = json!("read"))))]
pub(super) async fn contact_timeline(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Ids(id): Ids<ContactId>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<TimelineEntry>>> {
    let (before, limit) = (page.after::<Uuid>()?, page.limit());
    let workspace = caller.workspace;
    if super::known_contacts(&app, workspace, vec![id]).await?.is_empty() {
        return Err(Code::NotFound.into());
    }
    let until = before.map_or(i64::MAX, instant_of);
    let (events, sends, deliveries) = app
        .read(move |tx| {
            let (mut events, mut sends, mut deliveries) = (Vec::new(), Vec::new(), Vec::new());
            // Two or three at most: the contact, and who was merged into it.
            for id in merge::with_merged(tx, workspace, id)? {
                events.extend(view::events(tx, workspace, id, before, limit + 1)?);
                sends.extend(view::broadcast_sends(tx, workspace, id, until, limit + 1)?);
                deliveries.extend(view::deliveries(tx, workspace, id, before, limit + 1)?);
            }
            Ok((events, sends, deliveries))
        })
        .await?;
    let mut entries: Vec<TimelineEntry> = events.into_iter().map(event).chain(sends.into_iter().map(broadcast)).collect();
    entries.extend(deliveries.into_iter().map(delivery));
    entries.retain(|entry| before.is_none_or(|before| entry.place() < before));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.place()));
    Ok(Json(Page::cut(entries, limit, TimelineEntry::place)))
}
