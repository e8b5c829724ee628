//! One batch: claim → load → decide → write, one transaction, under the fences of the owned shards (promise 3).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::AddAssign;
use std::sync::Arc;

use store::{Store, Tx, params};

use super::{Outcome, Scene, react, save};
use crate::contact::{self, Contact, merge};
use crate::conversation;
use crate::event::{Event, EventKind};
use crate::ids::{ContactId, WorkspaceId, shard_of};
use crate::runtime::Held;
use crate::workspace::{Catalog, Catalogs};
use crate::{Error, Result};

/// Events or walks in one transaction at most: keeps it below 50 ms.
pub(super) const BATCH: i64 = 400;
/// After so many failures an event is parked and its contact goes on.
const FAILURES_MAX: i64 = 5;

/// What a batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Events or walks worked on.
    pub worked: usize,
    /// Deliveries put into the outbox, or brought forward.
    pub queued: usize,
    /// Tasks queued.
    pub tasks: usize,
}

impl AddAssign for Applied {
    fn add_assign(&mut self, more: Self) {
        self.worked += more.worked;
        self.queued += more.queued;
        self.tasks += more.tasks;
    }
}

struct Claimed {
    pending: i64,
    event: Event,
}

/// Applies waiting events of the held shards.
///
/// # Errors
/// The database's; a lost lease. Events that cannot be applied are counted and parked, not returned.
pub async fn apply_pending(store: &Store, catalogs: &Catalogs, held: &Held, now: i64) -> Result<Applied> {
    match batch(store, catalogs, held, now, BATCH, None).await {
        Err(error) if is_event_fault(&error) => {
            tracing::warn!(%error, "a batch of events failed; applying one by one");
            one_by_one(store, catalogs, held, now).await
        }
        other => other,
    }
}

/// A fault that an event of the batch may have caused, rather than the database or a lost lease.
fn is_event_fault(error: &Error) -> bool {
    !error.is_transient() && !matches!(error, Error::Store(store::Error::LeaseLost { .. } | store::Error::Closed))
}

async fn one_by_one(store: &Store, catalogs: &Catalogs, held: &Held, now: i64) -> Result<Applied> {
    let shards = held.shards.clone();
    let waiting: Vec<(i64, i64)> = store
        .read(move |tx| -> Result<_> {
            Ok(tx.query(
                "SELECT id, attempts FROM pending WHERE parked_at IS NULL AND shard = ANY($1) ORDER BY id LIMIT $2",
                &params![&shards, BATCH],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?)
        })
        .await?;
    let mut total = Applied::default();
    for (id, attempts) in waiting {
        match batch(store, catalogs, held, now, 1, Some(id)).await {
            Ok(applied) => total += applied,
            Err(error) if is_event_fault(&error) => {
                total.worked += 1;
                note_failure(store, id, attempts + 1, &error, now).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(total)
}

async fn note_failure(store: &Store, id: i64, attempts: i64, error: &Error, now: i64) -> Result<()> {
    let parked = (attempts >= FAILURES_MAX).then_some(now);
    let text: String = error.to_string().chars().take(500).collect();
    tracing::error!(pending = id, attempts, error = %text, parked = parked.is_some(), "an event could not be applied");
    store
        .write(move |tx| {
            tx.execute(
                "UPDATE pending SET attempts = $2, parked_at = $3, error = $4 WHERE id = $1",
                &params![id, attempts, parked, text.as_str()],
            )?;
            Ok(())
        })
        .await
}

async fn batch(store: &Store, catalogs: &Catalogs, held: &Held, now: i64, limit: i64, only: Option<i64>) -> Result<Applied> {
    let catalogs = catalogs.clone();
    let held = held.clone();
    store
        .write(move |tx| {
            held.check(tx)?;
            let claimed = claim(tx, &held, limit, only)?;
            if claimed.is_empty() {
                return Ok(Applied::default());
            }
            let (applied, gone_on) = decide_and_write(tx, &catalogs, &claimed, now)?;
            let ids: Vec<i64> = claimed.iter().map(|c| c.pending).filter(|id| !gone_on.contains(id)).collect();
            tx.execute("DELETE FROM pending WHERE id = ANY($1)", &params![ids])?;
            Ok(applied)
        })
        .await
}

fn claim(tx: &mut Tx, held: &Held, limit: i64, only: Option<i64>) -> Result<Vec<Claimed>> {
    const COLUMNS: &str = "SELECT p.id, p.workspace_id, p.contact_id, p.event_id, e.channel_id, e.source, e.occurred_at,
                e.received_at, e.payload
         FROM pending p JOIN events e ON e.workspace_id = p.workspace_id AND e.id = p.event_id";
    let rows = match only {
        Some(id) => tx.query(
            &format!("{COLUMNS} WHERE p.id = $1 AND p.parked_at IS NULL AND p.shard = ANY($2)"),
            &params![id, &held.shards],
            read_claimed,
        )?,
        None => tx.query(
            &format!("{COLUMNS} WHERE p.parked_at IS NULL AND p.shard = ANY($1) ORDER BY p.id LIMIT $2"),
            &params![&held.shards, limit],
            read_claimed,
        )?,
    };
    rows.into_iter()
        .map(|(mut claimed, payload)| {
            claimed.event.payload = serde_json::from_str(&payload).map_err(|error| Error::damaged("events.payload", error))?;
            Ok(claimed)
        })
        .collect()
}

fn read_claimed(row: &store::Row<'_>) -> store::Result<(Claimed, String)> {
    let event = Event {
        workspace: row.get(1)?,
        contact: row.get(2)?,
        id: row.get(3)?,
        channel: row.get(4)?,
        source: row.get(5)?,
        occurred_at: row.get(6)?,
        received_at: row.get(7)?,
        payload: crate::event::Payload { kind: EventKind::Unfollow, reply: None, standby: false, actor: None },
    };
    Ok((Claimed { pending: row.get(0)?, event }, row.get(8)?))
}

/// What it did, and which events wait on for another contact.
fn decide_and_write(tx: &mut Tx, catalogs: &Catalogs, claimed: &[Claimed], now: i64) -> Result<(Applied, HashSet<i64>)> {
    let workspaces: Vec<WorkspaceId> = unique(claimed.iter().map(|c| c.event.workspace));
    let catalogs = catalogs.get_many(tx, &workspaces)?;
    let mut contacts = load_contacts(tx, &catalogs, claimed.iter().map(|c| (c.event.workspace, c.event.contact)))?;
    let taken_back = load_taken_back(tx, claimed)?;
    let gone_on = follow_merges(tx, claimed, &contacts)?;
    let mut pairs: HashMap<(WorkspaceId, ContactId), (Contact, Contact)> = HashMap::new();
    let mut out = Outcome::default();
    for item in claimed {
        let event = &item.event;
        let key = (event.workspace, event.contact);
        let Some(catalog) = catalogs.get(&event.workspace) else { continue };
        if let Some(contact) = contacts.remove(&key) {
            pairs.insert(key, (contact.clone(), contact));
        }
        // Erased: its events have nobody to be applied to. Or merged: they wait on for the other.
        let Some((_, contact)) = pairs.get_mut(&key) else { continue };
        react(&Scene { catalog, now, taken_back: &taken_back }, contact, event, &mut out);
    }
    Ok((finish(tx, pairs, out, claimed.len(), now)?, gone_on))
}

/// Events that were on their way when their contact went into another are handed to the shard of the one that stayed.
fn follow_merges(
    tx: &mut Tx,
    claimed: &[Claimed],
    contacts: &HashMap<(WorkspaceId, ContactId), Contact>,
) -> Result<HashSet<i64>> {
    let unknown = |item: &&Claimed| !contacts.contains_key(&(item.event.workspace, item.event.contact));
    let mut gone_on = HashSet::new();
    for workspace in unique(claimed.iter().filter(unknown).map(|item| item.event.workspace)) {
        let lost: Vec<&Claimed> = claimed.iter().filter(unknown).filter(|item| item.event.workspace == workspace).collect();
        let kept = merge::gone_into(tx, workspace, &unique(lost.iter().map(|item| item.event.contact)))?;
        let moved = lost.iter().filter_map(|item| Some((item.pending, *kept.get(&item.event.contact)?)));
        let moved: Vec<(i64, ContactId)> = moved.collect();
        tx.execute_many(
            "UPDATE pending SET contact_id = $2, shard = $3 WHERE id = $1",
            moved.iter().map(|(pending, kept)| params![*pending, kept, shard_of(workspace, *kept)]),
        )?;
        gone_on.extend(moved.into_iter().map(|(pending, _)| pending));
    }
    Ok(gone_on)
}

pub(super) fn finish(
    tx: &mut Tx,
    pairs: HashMap<(WorkspaceId, ContactId), (Contact, Contact)>,
    out: Outcome,
    worked: usize,
    now: i64,
) -> Result<Applied> {
    let mut pairs: Vec<_> = pairs.into_values().collect();
    // In key order, so that two nodes never wait for each other's rows.
    pairs.sort_by_key(|(_, contact)| (contact.workspace, contact.id));
    // Answers that waited for a name count too: they became due now.
    let applied = Applied { worked, queued: out.deliveries.len() + out.named.len(), tasks: out.tasks.len() };
    save::write(tx, &pairs, out, now)?;
    Ok(applied)
}

pub(super) fn load_contacts(
    tx: &mut Tx,
    catalogs: &HashMap<WorkspaceId, Arc<Catalog>>,
    keys: impl Iterator<Item = (WorkspaceId, ContactId)>,
) -> Result<HashMap<(WorkspaceId, ContactId), Contact>> {
    let mut wanted: BTreeMap<WorkspaceId, HashSet<ContactId>> = BTreeMap::new();
    for (workspace, contact) in keys {
        wanted.entry(workspace).or_default().insert(contact);
    }
    let mut contacts = HashMap::new();
    for (workspace, ids) in wanted {
        let ids: Vec<ContactId> = ids.into_iter().collect();
        let mut loaded = contact::db::load_locked(tx, workspace, &ids)?;
        if catalogs.get(&workspace).is_some_and(|catalog| catalog.asks_clicks) {
            contact::db::load_clicks(tx, workspace, &mut loaded)?;
        }
        contacts.extend(loaded.into_iter().map(|(id, contact)| ((workspace, id), contact)));
    }
    Ok(contacts)
}

fn load_taken_back(tx: &mut Tx, claimed: &[Claimed]) -> Result<HashMap<String, i64>> {
    let mut wanted: BTreeMap<WorkspaceId, Vec<String>> = BTreeMap::new();
    for item in claimed {
        if let EventKind::Message { message } = &item.event.payload.kind {
            wanted.entry(item.event.workspace).or_default().push(message.id.clone());
        }
    }
    let mut found = HashMap::new();
    for (workspace, ids) in wanted {
        found.extend(conversation::db::taken_back(tx, workspace, ids)?);
    }
    Ok(found)
}

pub(super) fn unique<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<std::collections::BTreeSet<T>>().into_iter().collect()
}

/// Waiting events by workspace-independent claim; shown by status.
pub(crate) fn count_pending(tx: &mut Tx) -> Result<(i64, i64)> {
    Ok(tx.query_one(
        "SELECT COALESCE(SUM(CASE WHEN parked_at IS NULL THEN 1 ELSE 0 END), 0), COUNT(*) FROM pending",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?)
}

/// Events that wait to be applied, of all workspaces.
pub(crate) fn waiting(tx: &mut Tx) -> Result<i64> {
    Ok(tx.query_one("SELECT COUNT(*) FROM pending WHERE parked_at IS NULL", &[], |row| row.get(0))?)
}
