//! Broadcasts in a talk: read from the ledger, for a million recipients get no row each.
//!
//! A broadcast stands in the talk at the moment it was fixed for this contact. Its words are the template's of that day,
//! rendered for the contact as known now; what was refused before it left was never said and is not shown.

use std::collections::HashMap;

use serde_json::Map;
use store::{Row, Tx, params};
use uuid::Uuid;

use super::decide;
use super::view::{Message, Place, Stream};
use crate::contact::{self, Contact};
use crate::ids::{BroadcastId, ChannelId, ContactId, DeliveryId, TemplateVersionId, shard_of};
use crate::template::Values;
use crate::workspace::{Catalog, Catalogs};
use crate::{Error, Result, delivery};

/// Every statement here, for the test that prepares them on both stores.
pub const STATEMENTS: &[&str] = &[SENT, FAILED, WRITTEN];

/// The live request of a position is the last one that begins at or before it: live ranges do not overlap.
const SENT: &str = "SELECT s.at, s.request_id, s.pos, b.id, b.name, b.template_version_id,
    (SELECT q.state FROM requests q WHERE q.workspace_id = s.workspace_id AND q.broadcast_id = s.broadcast_id
        AND q.shard = $4 AND q.pos_from <= s.pos AND q.state <> 'split' ORDER BY q.pos_from DESC LIMIT 1), ''
  FROM contact_sends s JOIN broadcasts b ON b.workspace_id = s.workspace_id AND b.id = s.broadcast_id
  WHERE s.workspace_id = $1 AND s.contact_id = $2 AND s.channel_id = $3 AND s.at <= $5 AND (s.at < $5 OR s.request_id < $6)
  ORDER BY s.at DESC, s.request_id DESC LIMIT $7";
const FAILED: &str = "SELECT x.at, x.broadcast_id, x.pos, b.id, b.name, b.template_version_id, x.state, x.reason
  FROM broadcast_exceptions x JOIN broadcasts b ON b.workspace_id = x.workspace_id AND b.id = x.broadcast_id
  WHERE x.workspace_id = $1 AND x.contact_id = $2 AND b.channel_id = $3 AND x.shard = $4 AND x.state = 'failed'
    AND x.at <= $5 AND (x.at < $5 OR x.broadcast_id < $6)
  ORDER BY x.at DESC, x.broadcast_id DESC LIMIT $7";
const WRITTEN: &str = "SELECT id, messages FROM template_versions WHERE workspace_id = $1 AND id = ANY($2)";

/// A broadcast that reached for the contact.
struct Reached {
    place: Place,
    pos: i64,
    broadcast: BroadcastId,
    name: String,
    version: TemplateVersionId,
    state: &'static str,
    reason: Option<String>,
}

/// Broadcasts of this account to the contact below a place, newest first.
pub(super) fn said(
    tx: &mut Tx<'_>,
    catalogs: &Catalogs,
    catalog: &Catalog,
    (channel, contact): (ChannelId, ContactId),
    before: Place,
    limit: i64,
) -> Result<Vec<Message>> {
    let workspace = catalog.workspace;
    let shard = shard_of(workspace, contact);
    let mut reached = Vec::new();
    for (sql, stream) in [(SENT, Stream::Broadcast), (FAILED, Stream::Failed)] {
        let (at, id) = before.bound(stream);
        let key = params![workspace, contact, channel, shard, at, id, limit];
        reached.extend(tx.query(sql, &key, |row| read(row, stream))?);
    }
    let versions: Vec<TemplateVersionId> = reached.iter().map(|reached| reached.version).collect();
    if versions.is_empty() {
        return Ok(Vec::new());
    }
    let Some(reader) = contact::db::load(tx, workspace, &[contact])?.remove(&contact) else { return Ok(Vec::new()) };
    let compiled = match catalogs.compiled(tx, catalog, &versions) {
        // One that cannot be used any more is shown as it was written.
        Err(Error::Damaged { .. }) => HashMap::new(),
        compiled => compiled?,
    };
    let name = catalog.channels.get(&channel).map_or("", |channel| delivery::spoken_name(channel));
    let words = |reached: &Reached| {
        let context = Map::new();
        let values = Values::of(&reader, name, &context, reached.place.at, &catalog.zone);
        compiled.get(&reached.version).and_then(|template| template.render(&values).ok())
    };
    let rendered: Vec<Option<String>> = reached.iter().map(words).collect();
    let lost = reached.iter().zip(&rendered).filter(|(_, words)| words.is_none()).map(|(reached, _)| reached.version);
    let written = as_written(tx, catalog, lost.collect())?;
    let body = |version, rendered: Option<String>| rendered.or_else(|| written.get(&version).cloned()).unwrap_or_default();
    let all = reached.into_iter().zip(rendered);
    let message = |(reached, words): (Reached, Option<String>)| {
        let body = body(reached.version, words);
        reached.message(&reader, channel, body)
    };
    Ok(all.map(message).collect())
}

/// Templates with their variables as they stand there.
fn as_written(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    versions: Vec<TemplateVersionId>,
) -> Result<HashMap<TemplateVersionId, String>> {
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<Uuid> = versions.into_iter().map(|version| version.0).collect();
    Ok(tx.query(WRITTEN, &params![catalog.workspace, ids], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

impl Reached {
    fn message(self, reader: &Contact, channel: ChannelId, body: String) -> Message {
        // The id that its delivery has when it goes by the outbox.
        let id = DeliveryId::of_recipient(self.broadcast, (reader.shard, self.pos), reader.id);
        let spoken = decide::spoken(reader, channel, id, body, self.place.at);
        Message {
            place: self.place,
            id: spoken.id,
            at: spoken.at,
            direction: "out".to_owned(),
            kind: spoken.kind,
            text: spoken.text,
            body: spoken.body,
            sender: None,
            media: None,
            unsent_at: None,
            edited_at: None,
            delivery: Some((self.state.to_owned(), self.reason)),
            broadcast: Some((self.broadcast, self.name)),
        }
    }
}

fn read(row: &Row<'_>, stream: Stream) -> store::Result<Reached> {
    let state: Option<String> = row.get(6)?;
    Ok(Reached {
        place: Place { at: row.get(0)?, stream, id: row.get(1)? },
        pos: row.get(2)?,
        broadcast: row.get(3)?,
        name: row.get(4)?,
        version: row.get(5)?,
        state: match state.as_deref() {
            Some("accepted") => "accepted",
            Some("failed") => "failed",
            Some("unknown") => "unknown",
            _ => "sending",
        },
        reason: Some(row.get::<String>(7)?).filter(|reason| !reason.is_empty()),
    })
}
