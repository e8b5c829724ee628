//! Contacts (友だち / 顧客): the list, one contact's page, edits, media.

mod export;
mod media;
mod page;
mod person;
mod saved;
mod why;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use engine::bulk;
use engine::contact::list::{self, ContactRow, Wanted};
use engine::contact::{ContactChange, ContactKind, FriendState};
use engine::event::EventKind;
use engine::ids::{ChannelId, ContactId, SegmentId, TagId};
use engine::workspace::{Catalog, attribute_value};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::bulk::may_do;
use super::conversation::Acted;
use super::event::{Deed, act_on, known_contacts};
use super::segment::context;
use crate::app::App;
use crate::auth::{Require, can};
use crate::error::{Answer, Code, Problem};
use crate::http::{Accepted, Body, Ids, PageQuery, Query, Total, encode};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_contacts))
        .routes(routes!(page::get_contact, update_contact))
        .routes(routes!(page::contact_timeline))
        .routes(routes!(why::contact_why))
        .routes(routes!(media::get_media))
        .routes(routes!(export::export_contacts))
        .routes(routes!(person::contact_data))
        .routes(routes!(person::erase_contact))
        .routes(routes!(person::merge_contacts))
        .routes(routes!(person::split_contact))
        .routes(routes!(saved::list_views, saved::create_view))
        .routes(routes!(saved::update_view, saved::delete_view))
}

/// Which contacts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ContactQuery {
    /// Part of the name, or a LINE user id.
    #[serde(default)]
    q: String,
    /// Tag ids separated by commas: has all of them.
    #[serde(default)]
    tag: String,
    /// Friendship in this state, on `channel` or on any.
    #[serde(default)]
    state: Option<FriendState>,
    #[serde(default)]
    channel: Option<Uuid>,
    #[serde(default)]
    segment: Option<Uuid>,
    /// A talk has this 対応マーク.
    #[serde(default)]
    mark: String,
    /// Only members of staff.
    #[serde(default)]
    staff: bool,
}

impl ContactQuery {
    fn wanted(self) -> Answer<Wanted> {
        Ok(Wanted {
            tags: tag_list(&self.tag)?,
            q: self.q,
            state: self.state,
            channel: self.channel.map(ChannelId),
            segment: self.segment.map(SegmentId),
            mark: self.mark,
            staff: self.staff,
        })
    }
}

/// A page of contacts and how many there are.
#[derive(Serialize, ToSchema)]
struct ContactPage {
    items: Vec<ContactRowView>,
    next: Option<String>,
    /// Counted up to 10,000, in a search up to 1,000. With the first page only.
    total: Option<Total>,
}

/// One line of the list.
#[derive(Serialize, ToSchema)]
#[schema(as = ContactRow)]
struct ContactRowView {
    id: Uuid,
    kind: ContactKind,
    display_name: Option<String>,
    picture_url: Option<String>,
    tags: Vec<Uuid>,
    friendships: Vec<RowFriendship>,
    /// A member of staff: hears no marketing.
    staff: bool,
    /// Agreed to be written to.
    consent: bool,
    created_at: i64,
    /// 友だち情報欄: canonical texts by the field's id.
    attributes: BTreeMap<Uuid, String>,
    talks: Vec<RowTalk>,
}

/// The talk on one account.
#[derive(Serialize, ToSchema)]
struct RowTalk {
    channel_id: Uuid,
    /// 対応マーク, '' for none.
    mark: String,
    /// When they last wrote or tapped.
    wrote_at: Option<i64>,
}

/// On one account.
#[derive(Serialize, ToSchema)]
struct RowFriendship {
    channel_id: Uuid,
    state: FriendState,
    friend_since: Option<i64>,
}

impl From<ContactRow> for ContactRowView {
    fn from(row: ContactRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind,
            display_name: row.display_name,
            picture_url: row.picture_url,
            tags: row.tags.into_iter().map(|id| id.0).collect(),
            friendships: row
                .friendships
                .into_iter()
                .map(|(channel, state, friend_since)| RowFriendship { channel_id: channel.0, state, friend_since })
                .collect(),
            staff: row.staff,
            consent: row.consent,
            created_at: row.created_at,
            attributes: row.attributes.into_iter().map(|(id, text)| (id.0, text)).collect(),
            talks: row
                .talks
                .into_iter()
                .map(|(channel, mark, wrote_at)| RowTalk { channel_id: channel.0, mark, wrote_at })
                .collect(),
        }
    }
}

/// Contacts, newest first.
#[utoipa::path(get, path = "/contacts", operation_id = "listContacts", tag = "contacts", params(ContactQuery, PageQuery),
    responses((status = 200, body = ContactPage, description = "A page of contacts")), extensions(("x-permission" = json!("read"))))]
async fn list_contacts(
    State(app): State<App>,
    Require(caller, ..): Require<can::Read>,
    Query(query): Query<ContactQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<ContactPage>> {
    let (before, limit) = (page.after::<ContactId>()?, page.limit());
    let catalog = app.catalog(caller.workspace).await?;
    let (wanted, now) = (query.wanted()?, app.now_ms());
    let (mut rows, total) = app
        .read(move |tx| {
            let context = context(&catalog, now);
            let filter = wanted.filter(tx, catalog.workspace)?;
            let rows = list::page(tx, catalog.workspace, &filter, &context, before, limit + 1)?;
            let total = match before {
                None => Some(list::count(tx, catalog.workspace, &filter, &context)?),
                Some(_) => None,
            };
            Ok((rows, total))
        })
        .await?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| encode(&row.id));
    let total = total.map(|(count, more)| Total { count, more });
    Ok(Json(ContactPage { items: rows.into_iter().map(Into::into).collect(), next, total }))
}

fn tag_list(text: &str) -> Answer<Vec<TagId>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| part.parse().map_err(|_| Problem::new(Code::BadRequest).at("tag", "type", "タグIDの形が正しくありません。")))
        .collect()
}

/// What to change; it becomes an event and is applied in a moment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"memo": "窓側の席が好み", "attributes": {"birthday": "1990-04-01"}}))]
struct ContactPatch {
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    memo: Option<String>,
    /// Marks as a member of staff: hears no marketing.
    #[serde(default)]
    staff: Option<bool>,
    /// Gives or withdraws consent to marketing.
    #[serde(default)]
    consent: Option<bool>,
    /// Gives or withdraws consent to having their doings analysed.
    #[serde(default)]
    analysis: Option<bool>,
    /// Gives or withdraws consent to marketing on single accounts.
    #[serde(default)]
    consents: Vec<ConsentPatch>,
    #[serde(default)]
    add_tags: Vec<Uuid>,
    #[serde(default)]
    remove_tags: Vec<Uuid>,
    /// By key; null clears.
    #[serde(default)]
    attributes: BTreeMap<String, Option<String>>,
}

/// What a person said about one account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConsentPatch {
    channel_id: Uuid,
    granted: bool,
}

/// Changes in one event at most.
const CHANGES_MAX: usize = 200;

/// Edits a contact. A tag by which a シナリオ may start takes `send_broadcast` too.
#[utoipa::path(patch, path = "/contacts/{id}", operation_id = "updateContact", tag = "contacts", request_body = ContactPatch, params(("id" = Uuid, Path)),
    responses((status = 202, body = Acted, description = "Changed in a moment")), extensions(("x-permission" = json!("edit_contacts"))))]
async fn update_contact(
    State(app): State<App>,
    Require(caller, ..): Require<can::EditContacts>,
    Ids(id): Ids<ContactId>,
    Body(patch): Body<ContactPatch>,
) -> Answer<Accepted<Acted>> {
    let known: BTreeSet<ContactId> = known_contacts(&app, caller.workspace, vec![id]).await?;
    if known.is_empty() {
        return Err(Code::NotFound.into());
    }
    let catalog = app.catalog(caller.workspace).await?;
    let changes = changes(patch, &catalog)?;
    let tagged: Vec<bulk::Deed> = changes.iter().filter_map(tagging).collect();
    may_do(&caller, &catalog, &tagged)?;
    let detail = changes.iter().map(what).collect();
    let kind = EventKind::Changed { changes };
    let deed = Deed { channel: None, contacts: &[id.0], kind, action: Some("contact.update"), detail, stamp: None };
    let events = act_on(&app, &caller, deed).await?;
    Acted::of(events)
}

fn changes(patch: ContactPatch, catalog: &Catalog) -> Answer<Vec<ContactChange>> {
    let mut changes = Vec::new();
    let mut wrong = Problem::new(Code::Invalid);
    if let Some(name) = patch.display_name {
        match name.trim() {
            name if (1..=100).contains(&name.chars().count()) => {
                changes.push(ContactChange::DisplayName { name: name.to_owned() })
            }
            _ => wrong = wrong.at("display_name", "length", "名前は1〜100文字で入力してください。"),
        }
    }
    if let Some(text) = patch.memo {
        if text.chars().count() > 10_000 {
            wrong = wrong.at("memo", "too_long", "メモは10,000文字以内で入力してください。");
        }
        changes.push(ContactChange::Memo { text });
    }
    changes.extend(patch.staff.map(|staff| ContactChange::Staff { staff }));
    changes.extend(patch.consent.map(|granted| ContactChange::Consent { granted, channel: None }));
    changes.extend(patch.analysis.map(|granted| ContactChange::Analysis { granted }));
    for (index, ConsentPatch { channel_id, granted }) in patch.consents.into_iter().enumerate() {
        if !catalog.channels.contains_key(&ChannelId(channel_id)) {
            wrong = wrong.at(format!("consents[{index}].channel_id"), "unknown_channel", "このLINEアカウントはありません。");
        }
        changes.push(ContactChange::Consent { granted, channel: Some(ChannelId(channel_id)) });
    }
    for (path, tags, add) in [("add_tags", &patch.add_tags, true), ("remove_tags", &patch.remove_tags, false)] {
        for (index, tag) in tags.iter().map(|id| TagId(*id)).enumerate() {
            if !catalog.tags.contains_key(&tag) {
                wrong = wrong.at(format!("{path}[{index}]"), "unknown_tag", "このタグはありません。");
            }
            changes.push(if add { ContactChange::TagAdd { tag } } else { ContactChange::TagRemove { tag } });
        }
    }
    for (key, value) in patch.attributes {
        match attribute_change(catalog, &key, value) {
            Ok(change) => changes.push(change),
            Err(problem) => wrong.errors.extend(problem.errors),
        }
    }
    match changes.len() {
        _ if !wrong.errors.is_empty() => Err(wrong),
        0 => Err(Problem::invalid("", "required", "変えることを1つ以上指定してください。")),
        n if n > CHANGES_MAX => Err(Problem::invalid("", "too_many", format!("一度に変えられるのは{CHANGES_MAX}件までです。"))),
        _ => Ok(changes),
    }
}

/// The change as a deed for many would do it, where that may start a シナリオ.
fn tagging(change: &ContactChange) -> Option<bulk::Deed> {
    match change {
        ContactChange::TagAdd { tag } => Some(bulk::Deed::TagAdd { tag: *tag }),
        _ => None,
    }
}

/// What the audit log tells of a change: which field, not what stands in it. Names and memos are the customer's.
fn what(change: &ContactChange) -> serde_json::Value {
    let mut told = serde_json::to_value(change).unwrap_or_default();
    if let Some(map) = told.as_object_mut() {
        map.retain(|key, _| matches!(key.as_str(), "change" | "tag" | "attribute" | "staff" | "granted" | "channel"));
    }
    told
}

fn attribute_change(catalog: &Catalog, key: &str, value: Option<String>) -> Answer<ContactChange> {
    let path = format!("attributes.{key}");
    let field = catalog.attribute_keys.get(key).and_then(|id| catalog.attributes.get(id));
    let field = field
        .ok_or_else(|| Problem::invalid(path.clone(), "unknown_attribute", format!("友だち情報欄「{key}」はありません。")))?;
    let value = value.filter(|typed| !typed.trim().is_empty());
    if let Some(typed) = &value {
        attribute_value(field, typed).map_err(|error| match error {
            engine::Error::Bad { code, message, .. } => Problem::invalid(path, code, message),
            other => other.into(),
        })?;
    }
    Ok(ContactChange::Attribute { attribute: field.id, value })
}
