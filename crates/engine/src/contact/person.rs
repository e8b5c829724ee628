//! Everything we know of one person, as they may ask for it.

use serde_json::{Value, json};
use store::{Tx, params};

use super::{db, merge, view};
use crate::ids::{ContactId, WorkspaceId};
use crate::workspace::Catalog;
use crate::{Error, Result};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[MESSAGES, CLICKS];

const MESSAGES: &str = "SELECT at, direction, kind, text, sender FROM messages WHERE workspace_id = $1 AND contact_id = $2
  AND unsent_at IS NULL ORDER BY id LIMIT $3";
const CLICKS: &str = "SELECT l.url, k.first_at, k.last_at, k.count FROM link_clicks k
  JOIN links l ON l.workspace_id = k.workspace_id AND l.id = k.link_id WHERE k.workspace_id = $1 AND k.contact_id = $2 LIMIT $3";

/// Lines of each kind at most: a hundred a day for three years.
const LINES_MAX: i64 = 100_000;

/// The whole of it as one document, with the names that staff gave to things.
///
/// # Errors
/// [`Error::NotFound`].
pub fn document(tx: &mut Tx<'_>, catalog: &Catalog, id: ContactId) -> Result<Value> {
    let workspace = catalog.workspace;
    let contact = db::load(tx, workspace, &[id])?.remove(&id).ok_or(Error::NotFound)?;
    let account = |id: &crate::ids::ChannelId| catalog.channels.get(id).map(|channel| channel.name.clone());
    let mut history = Vec::new();
    for id in merge::with_merged(tx, workspace, id)? {
        history.push(said_and_done(tx, workspace, id)?);
    }
    let identities: Vec<Value> = view::identities(tx, workspace, id)?
        .into_iter()
        .map(|(kind, scope, value)| json!({ "kind": kind, "scope": scope, "value": value }))
        .collect();
    Ok(json!({
        "format": "enishi.person.1",
        "id": id,
        "display_name": contact.display_name,
        "picture_url": contact.picture_url,
        "language": contact.language,
        "status_message": contact.status_message,
        "memo": contact.memo,
        "created_at": contact.created_at,
        "identities": identities,
        "friendships": contact.friendships.iter().map(|(channel, tie)| json!({
            "account": account(channel), "state": tie.state, "friend_since": tie.friend_since, "source": tie.source,
        })).collect::<Vec<_>>(),
        "tags": contact.tags.iter().filter_map(|id| catalog.tags.get(id)).map(|tag| &tag.name).collect::<Vec<_>>(),
        "attributes": contact.attributes.iter().filter_map(|(id, value)| {
            Some(json!({ "label": catalog.attributes.get(id)?.label, "value": value.text }))
        }).collect::<Vec<_>>(),
        "consent": {
            "marketing": contact.consent,
            "said": contact.consents.iter().map(|(channel, consent)| json!({
                "account": account(channel), "granted": consent.granted, "source": consent.source, "at": consent.at,
            })).collect::<Vec<_>>(),
            "analysis": contact.is_analysed(),
            "analysis_said": contact.analysis.as_ref().map(|consent| json!({
                "granted": consent.granted, "source": consent.source, "at": consent.at,
            })),
        },
        "journeys": contact.enrollments.iter().map(|walk| json!({
            "journey": catalog.journeys.get(&walk.journey).map(|journey| &journey.name),
            "state": walk.state, "entered_at": walk.entered_at, "due_at": walk.due_at,
        })).collect::<Vec<_>>(),
        "history": history,
    }))
}

fn said_and_done(tx: &mut Tx<'_>, workspace: WorkspaceId, id: ContactId) -> Result<Value> {
    let key = params![workspace, id, LINES_MAX];
    let messages = tx.query(MESSAGES, &key, |row| {
        let (at, direction, kind, text): (i64, String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(json!({ "at": at, "direction": direction, "kind": kind, "text": text }))
    })?;
    let clicks = tx.query(CLICKS, &key, |row| {
        let (url, first, last, count): (String, i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        Ok(json!({ "url": url, "first_at": first, "last_at": last, "count": count }))
    })?;
    let events: Vec<Value> = view::events(tx, workspace, id, None, LINES_MAX)?
        .into_iter()
        .map(|event| json!({ "at": event.occurred_at, "kind": event.kind, "source": event.source }))
        .collect();
    let deliveries: Vec<Value> = view::deliveries(tx, workspace, id, None, LINES_MAX)?
        .into_iter()
        .map(|one| json!({ "at": one.created_at, "lane": one.lane, "state": one.state, "reason": one.reason }))
        .collect();
    let broadcasts: Vec<Value> = view::broadcast_sends(tx, workspace, id, i64::MAX, LINES_MAX)?
        .into_iter()
        .map(|one| json!({ "at": one.at, "name": one.name }))
        .collect();
    Ok(json!({
        "contact": id.0, "messages": messages, "clicks": clicks, "events": events,
        "deliveries": deliveries, "broadcasts": broadcasts,
    }))
}
