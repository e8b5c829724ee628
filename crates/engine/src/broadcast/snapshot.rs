//! The snapshot: who is in the audience, written into the ledger in chunks by contact id.
//!
//! A chunk is read on a reading connection, so that the writer is held only for the insert, and written under the fences
//! of the shards it fills. The cursor of a shard goes on in the same transaction: after a crash nobody is listed twice.

use std::collections::BTreeMap;

use store::{Insert, Tx, Value, params};
use uuid::Uuid;

use super::fate::{self, Wanted};
use super::{Audience, Broadcast, db};
use crate::contact::merge::gone_into;
use crate::ids::{BroadcastId, ContactId, WorkspaceId};
use crate::runtime::Held;
use crate::segment::{Condition, Context, to_sql};
use crate::workspace::{Catalog, Catalogs};
use crate::{Result, segment};

/// Contacts looked at in one step.
const CHUNK: i64 = 4_000;
/// Cursor of a shard that has seen everybody.
pub const COMPLETE: Uuid = Uuid::max();

/// One step's reading.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// Shards that stood at `from`.
    shards: Vec<i64>,
    from: Option<Uuid>,
    to: Uuid,
    /// (shard, contact) in order of contact.
    members: Vec<(i64, ContactId)>,
}

const RECIPIENTS: Insert = Insert {
    table: "broadcast_recipients",
    columns: &["workspace_id", "broadcast_id", "shard", "pos", "contact_id"],
    conflict: "",
};
const CURSORS: &str = "SELECT s.shard, s.cursor, s.total FROM broadcast_shards s
    JOIN broadcasts b ON b.workspace_id = s.workspace_id AND b.id = s.broadcast_id
    WHERE s.workspace_id = $1 AND s.broadcast_id = $2 AND s.shard = ANY($3) AND b.state = 'snapshotting'
    ORDER BY s.shard FOR UPDATE OF s";
const WINDOW: &str = "SELECT id FROM contacts WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT 1 OFFSET $3";
const LISTED: &str = "SELECT id, shard FROM contacts WHERE workspace_id = $1 AND id = ANY($2) ORDER BY id";
const BY_LINE_ID: &str = "SELECT i.contact_id FROM identities i
    JOIN channels c ON c.workspace_id = i.workspace_id AND c.provider_id = i.scope
    WHERE i.workspace_id = $1 AND i.kind = 'line' AND c.id = $2 AND i.value = ANY($3)";
const ADVANCE: &str = "UPDATE broadcast_shards SET cursor = $4, total = $5
    WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3";

/// Every statement of this file with a fixed text, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[CURSORS, WINDOW, LISTED, BY_LINE_ID, ADVANCE];

/// Reads the next chunk for the shards we hold; `None` when they are complete.
pub(super) fn read(tx: &mut Tx<'_>, catalogs: &Catalogs, held: &Held, broadcast: &Broadcast, now: i64) -> Result<Option<Chunk>> {
    // Shards taken over from another node may stand elsewhere: those furthest behind go first, together.
    let mut groups: BTreeMap<Option<Uuid>, Vec<i64>> = BTreeMap::new();
    for shard in db::shards(tx, broadcast.workspace, broadcast.id)? {
        if held.shards.contains(&shard.shard) && shard.cursor != Some(COMPLETE) {
            groups.entry(shard.cursor).or_default().push(shard.shard);
        }
    }
    let Some((from, shards)) = groups.into_iter().next() else { return Ok(None) };
    let catalog = catalogs.get(tx, broadcast.workspace)?;
    let (to, members) = members(tx, &catalog, broadcast, from.unwrap_or(Uuid::nil()), now)?;
    let members = members.into_iter().filter(|(shard, _)| shards.contains(shard)).collect();
    Ok(Some(Chunk { shards, from, to, members }))
}

/// Everybody of the audience behind `from`, up to the end of the window, which is answered too.
pub(super) fn members(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    broadcast: &Broadcast,
    from: Uuid,
    now: i64,
) -> Result<(Uuid, Vec<(i64, ContactId)>)> {
    let workspace = broadcast.workspace;
    match &broadcast.audience {
        Audience::Contacts { contacts } => {
            let people = present(tx, workspace, contacts)?;
            listed(tx, workspace, people, from)
        }
        Audience::LineUsers { user_ids } => {
            let found = tx.query(BY_LINE_ID, &params![workspace, broadcast.channel_id, user_ids], |row| row.get::<Uuid>(0))?;
            listed(tx, workspace, found, from)
        }
        Audience::Reached { broadcast: source } => fate::members(tx, (workspace, *source), Wanted::Reached, from),
        Audience::Missed { broadcast: source } => fate::members(tx, (workspace, *source), Wanted::Missed, from),
        audience => {
            let condition = condition(tx, workspace, audience)?;
            walk(tx, catalog, broadcast, condition.as_ref(), from, now)
        }
    }
}

/// Those who are meant by a list of contacts now: whoever went into another is told as that one.
pub(super) fn present(tx: &mut Tx<'_>, workspace: WorkspaceId, contacts: &[ContactId]) -> Result<Vec<Uuid>> {
    let went = gone_into(tx, workspace, contacts)?;
    Ok(contacts.iter().map(|id| went.get(id).unwrap_or(id).0).collect())
}

fn listed(tx: &mut Tx<'_>, workspace: WorkspaceId, mut ids: Vec<Uuid>, from: Uuid) -> Result<(Uuid, Vec<(i64, ContactId)>)> {
    ids.sort_unstable();
    ids.dedup();
    let start = ids.partition_point(|id| *id <= from);
    let end = ids.len().min(start + usize::try_from(CHUNK).unwrap_or(usize::MAX));
    let window = &ids[start..end];
    let found = tx.query(LISTED, &params![workspace, window], |row| Ok((row.get(1)?, row.get(0)?)))?;
    let to = if end == ids.len() { COMPLETE } else { window.last().copied().unwrap_or(COMPLETE) };
    Ok((to, found))
}

/// The condition an audience stands for; `None` for all friends.
fn condition(tx: &mut Tx<'_>, workspace: WorkspaceId, audience: &Audience) -> Result<Option<Condition>> {
    Ok(match audience {
        Audience::Segment { segment } => Some(segment::db::find(tx, workspace, *segment)?.condition),
        Audience::Condition { condition } => Some(condition.clone()),
        Audience::Tags { all, any, none } => Some(of_tags(all, any, none)),
        Audience::All {}
        | Audience::Contacts { .. }
        | Audience::LineUsers { .. }
        | Audience::Reached { .. }
        | Audience::Missed { .. } => None,
    })
}

fn of_tags(all: &[crate::ids::TagId], any: &[crate::ids::TagId], none: &[crate::ids::TagId]) -> Condition {
    let mut parts: Vec<Condition> = all.iter().map(|tag| Condition::Tag { tag: *tag }).collect();
    if !any.is_empty() {
        parts.push(Condition::Any { of: any.iter().map(|tag| Condition::Tag { tag: *tag }).collect() });
    }
    parts.extend(none.iter().map(|tag| Condition::NoTag { tag: *tag }));
    Condition::All { of: parts }
}

fn walk(
    tx: &mut Tx<'_>,
    catalog: &Catalog,
    broadcast: &Broadcast,
    condition: Option<&Condition>,
    from: Uuid,
    now: i64,
) -> Result<(Uuid, Vec<(i64, ContactId)>)> {
    let to = tx.query_opt(WINDOW, &params![broadcast.workspace, from, CHUNK - 1], |row| row.get::<Uuid>(0))?;
    let to = to.unwrap_or(COMPLETE);
    let (sql, mut more) = fitting(catalog, condition, now, "c.id > $3 AND c.id <= $4", 5);
    let mut values: Vec<Value<'_>> = Vec::from(params![broadcast.workspace, broadcast.channel_id, from, to]);
    values.append(&mut more);
    let members = tx.query(&sql, &values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((to, members))
}

/// Those of these contacts who are in the audience now.
pub(super) fn among(tx: &mut Tx<'_>, catalog: &Catalog, broadcast: &Broadcast, ids: &[Uuid], now: i64) -> Result<Vec<Uuid>> {
    let condition = condition(tx, broadcast.workspace, &broadcast.audience)?;
    let (sql, mut more) = fitting(catalog, condition.as_ref(), now, "c.id = ANY($3)", 4);
    let mut values: Vec<Value<'_>> = Vec::from(params![broadcast.workspace, broadcast.channel_id, ids]);
    values.append(&mut more);
    Ok(tx.query(&sql, &values, |row| row.get(1))?)
}

/// Who among some contacts fits, and the parameters from `next` on. A tie to the channel is asked for everybody: who is
/// known on another account only is nobody's audience here.
fn fitting(
    catalog: &Catalog,
    condition: Option<&Condition>,
    now: i64,
    which: &str,
    next: usize,
) -> (String, Vec<Value<'static>>) {
    let (fits, more) = match condition {
        Some(condition) => to_sql(condition, &Context { now, zone: &catalog.zone, words: catalog, event: None }, next),
        None => ("f.state IN ('friend', 'unknown')".to_owned(), Vec::new()),
    };
    let sql = format!(
        "SELECT c.shard, c.id FROM contacts c
         JOIN friendships f ON f.workspace_id = c.workspace_id AND f.channel_id = $2 AND f.contact_id = c.id
         WHERE c.workspace_id = $1 AND {which} AND c.kind = 'person' AND ({fits}) ORDER BY c.id"
    );
    (sql, more)
}

/// Writes a chunk. Answers how many shards went on: none when somebody else was faster or staff stopped it.
pub(super) fn write(tx: &mut Tx<'_>, held: &Held, (workspace, id): (WorkspaceId, BroadcastId), chunk: &Chunk) -> Result<usize> {
    held.check(tx)?;
    let rows = tx.query(CURSORS, &params![workspace, id, &chunk.shards], |row| {
        Ok((row.get::<i64>(0)?, row.get::<Option<Uuid>>(1)?, row.get::<i64>(2)?))
    })?;
    let mut totals: BTreeMap<i64, i64> =
        rows.into_iter().filter(|(_, cursor, _)| *cursor == chunk.from).map(|(shard, _, total)| (shard, total)).collect();
    let mut recipients = Vec::with_capacity(chunk.members.len());
    for (shard, contact) in &chunk.members {
        if let Some(total) = totals.get_mut(shard) {
            recipients.push((*shard, *total, *contact));
            *total += 1;
        }
    }
    // In the key's order: the rows of one shard lie together.
    recipients.sort_unstable();
    tx.insert_many(&RECIPIENTS, recipients.iter().map(|(shard, pos, contact)| params![workspace, id, *shard, *pos, contact]))?;
    tx.execute_many(ADVANCE, totals.iter().map(|(shard, total)| params![workspace, id, *shard, chunk.to, *total]))?;
    Ok(totals.len())
}
