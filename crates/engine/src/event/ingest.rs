//! Taking events in: many callers, one batch, one commit; answered only afterwards (promise 1).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use store::{Insert, Store, Tx, params};
use tokio::sync::{Notify, mpsc, oneshot};
use uuid::Uuid;

use super::line::{Oddity, translate};
use super::{Payload, Source};
use crate::access::{self, db::Note};
use crate::clock::Clock;
use crate::contact::Identity;
use crate::ids::{ChannelId, ContactId, EventId, WorkspaceId, shard_of};
use crate::workspace::Channel;
use crate::{Error, Result};

/// Whose event it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// By a foreign system's name; a contact is made when it is new.
    Identity(Identity),
    /// A contact that exists.
    Contact(ContactId),
    /// Nobody's: kept, not applied (a failed account link).
    Nobody,
}

/// An event before its contact is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// Tenant.
    pub workspace: WorkspaceId,
    /// Its id, derived from its dedupe key where it has one.
    pub id: EventId,
    /// On which channel.
    pub channel: Option<ChannelId>,
    /// Whose.
    pub who: Who,
    /// Where it came in.
    pub source: Source,
    /// When it happened, Unix ms.
    pub occurred_at: i64,
    /// What.
    pub payload: Payload,
}

/// Why a webhook was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// Signed, but not a webhook body.
    #[error("not a webhook body: {0}")]
    NotJson(String),
    /// The queue stayed full for 1.5 s.
    #[error("queue full")]
    Full,
    /// The database did not take it.
    #[error("{0}")]
    Failed(String),
}

/// What became of a batch for one caller.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// Contact of each event, in the caller's order.
    pub contacts: Vec<ContactId>,
    /// How many were new (not seen before).
    pub fresh: usize,
}

/// What one caller brings.
#[derive(Default)]
struct Call {
    items: Vec<Incoming>,
    oddities: Vec<(WorkspaceId, ChannelId, Oddity)>,
    note: Option<Note>,
}

struct Job {
    call: Call,
    answer: oneshot::Sender<Result<Taken, Arc<Error>>>,
}

/// The door for events. Cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    queue: mpsc::Sender<Job>,
    clock: Clock,
    waiting: Arc<AtomicUsize>,
}

/// Events in one commit at most: keeps the transaction far below 50 ms.
const BATCH_EVENTS: usize = 1_000;
/// Webhooks waiting at most; beyond it callers wait up to [`FULL_WAIT`].
const QUEUE_JOBS: usize = 4_096;
const FULL_WAIT: Duration = Duration::from_millis(1_500);

impl Ingest {
    /// Starts the batcher on the current runtime. `wake` is notified after every commit.
    pub fn start(store: Store, clock: Clock, wake: Arc<Notify>) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE_JOBS);
        let waiting = Arc::new(AtomicUsize::new(0));
        tokio::spawn(run(store, clock.clone(), wake, jobs));
        Self { queue, clock, waiting }
    }

    /// Takes a webhook body whose signature was checked. Returns after the commit.
    ///
    /// # Errors
    /// [`IngestError`]; nothing is stored then.
    pub async fn line(&self, channel: &Channel, body: Bytes) -> Result<(), IngestError> {
        let parsed = line::webhook::Payload::parse(&body).map_err(|error| IngestError::NotJson(error.to_string()))?;
        let (items, oddities) = translate(channel, &parsed, self.clock.now_ms());
        if items.is_empty() && oddities.is_empty() {
            return Ok(());
        }
        let oddities = oddities.into_iter().map(|oddity| (channel.workspace, channel.id, oddity)).collect();
        match self.enqueue(Call { items, oddities, note: None }).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(*error, Error::Full) => Err(IngestError::Full),
            Err(error) => Err(IngestError::Failed(error.to_string())),
        }
    }

    /// Takes events of staff, API, import or tasks. Returns after the commit.
    ///
    /// # Errors
    /// [`Error::Full`], or the database's.
    pub async fn take(&self, items: Vec<Incoming>) -> Result<Taken, Arc<Error>> {
        self.enqueue(Call { items, ..Call::default() }).await
    }

    /// The same for an act of staff: its line in the audit log is written in the same transaction, unless all of it is a
    /// repetition.
    ///
    /// # Errors
    /// [`Error::Full`], or the database's.
    pub async fn take_noted(&self, items: Vec<Incoming>, note: Note) -> Result<Taken, Arc<Error>> {
        self.enqueue(Call { items, note: Some(note), ..Call::default() }).await
    }

    /// Jobs not answered yet.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    async fn enqueue(&self, call: Call) -> Result<Taken, Arc<Error>> {
        let (answer, answered) = oneshot::channel();
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let waiting = CountDown(&self.waiting);
        let sent = tokio::time::timeout(FULL_WAIT, self.queue.send(Job { call, answer })).await;
        if !matches!(sent, Ok(Ok(()))) {
            return Err(Arc::new(Error::Full));
        }
        let result = answered.await.unwrap_or_else(|_| Err(Arc::new(Error::Full)));
        drop(waiting);
        result
    }
}

struct CountDown<'a>(&'a AtomicUsize);

impl Drop for CountDown<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

async fn run(store: Store, clock: Clock, wake: Arc<Notify>, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.recv().await {
        let mut events = first.call.items.len();
        let mut batch = vec![first];
        while events < BATCH_EVENTS
            && let Ok(job) = jobs.try_recv()
        {
            events += job.call.items.len();
            batch.push(job);
        }
        commit(&store, clock.now_ms(), &wake, batch).await;
    }
}

async fn commit(store: &Store, now: i64, wake: &Notify, batch: Vec<Job>) {
    let (calls, owners): (Vec<_>, Vec<_>) = batch.into_iter().map(|job| (job.call, job.answer)).unzip();
    let calls = Arc::new(calls);
    let mut tries = 0;
    let result = loop {
        let shared = calls.clone();
        let result = store.write_first(move |tx| write(tx, &shared, now)).await;
        match result {
            Err(Error::Raced) if tries < 5 => tries += 1,
            other => break other,
        }
    };
    match result {
        Ok(taken) => {
            wake.notify_one();
            for (answer, taken) in owners.into_iter().zip(taken) {
                let _ = answer.send(Ok(taken));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            tracing::warn!(%error, "events were not stored");
            for answer in owners {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}

fn write(tx: &mut Tx, calls: &[Call], now: i64) -> Result<Vec<Taken>> {
    let items: Vec<&Incoming> = calls.iter().flat_map(|call| &call.items).collect();
    let contacts = resolve(tx, &items, now)?;
    let fresh = unseen(tx, &items)?;
    store_events(tx, &items, &contacts, &fresh, now)?;
    note_oddities(tx, calls.iter().flat_map(|call| &call.oddities), now)?;
    let mut at = 0;
    let taken: Vec<Taken> = calls
        .iter()
        .map(|call| {
            let range = at..at + call.items.len();
            at = range.end;
            Taken { contacts: contacts[range.clone()].to_vec(), fresh: range.filter(|i| fresh[*i]).count() }
        })
        .collect();
    let new = calls.iter().zip(&taken).filter(|(_, taken)| taken.fresh > 0);
    access::db::note_all(tx, &new.filter_map(|(call, _)| call.note.as_ref()).collect::<Vec<_>>())?;
    Ok(taken)
}

/// Identities → contacts, in one look-up per (workspace, kind, scope); new ones are made.
fn resolve(tx: &mut Tx, items: &[&Incoming], now: i64) -> Result<Vec<ContactId>> {
    let mut groups: BTreeMap<(WorkspaceId, &'static str, Uuid), HashMap<&str, Option<ContactId>>> = BTreeMap::new();
    for item in items {
        if let Who::Identity(identity) = &item.who {
            let (kind, scope, value) = identity.key();
            groups.entry((item.workspace, kind, scope)).or_default().insert(value, None);
        }
    }
    for ((workspace, kind, scope), values) in &mut groups {
        find(tx, *workspace, kind, *scope, values)?;
        let missing: Vec<&str> = values.iter().filter(|(_, id)| id.is_none()).map(|(value, _)| *value).collect();
        if missing.is_empty() {
            continue;
        }
        create(tx, *workspace, kind, *scope, &missing, now)?;
        find(tx, *workspace, kind, *scope, values)?;
    }
    items
        .iter()
        .map(|item| match &item.who {
            Who::Contact(id) => Ok(*id),
            Who::Nobody => Ok(ContactId::nil()),
            Who::Identity(identity) => {
                let (kind, scope, value) = identity.key();
                groups[&(item.workspace, kind, scope)][value].ok_or(Error::Raced)
            }
        })
        .collect()
}

fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: &str,
    scope: Uuid,
    values: &mut HashMap<&str, Option<ContactId>>,
) -> Result<()> {
    let wanted: Vec<String> = values.iter().filter(|(_, id)| id.is_none()).map(|(value, _)| (*value).to_owned()).collect();
    let rows: Vec<(String, ContactId)> = tx.query(
        "SELECT value, contact_id FROM identities WHERE workspace_id = $1 AND kind = $2 AND scope = $3 AND value = ANY($4)",
        &params![workspace, kind, scope, wanted],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    for (value, contact) in rows {
        if let Some(slot) = values.get_mut(value.as_str()) {
            *slot = Some(contact);
        }
    }
    Ok(())
}

const NEW_IDENTITY: Insert = Insert {
    table: "identities",
    columns: &["workspace_id", "kind", "scope", "value", "contact_id", "created_at"],
    conflict: "ON CONFLICT (workspace_id, kind, scope, value) DO NOTHING",
};
const NEW_CONTACT: Insert = Insert {
    table: "contacts",
    columns: &["workspace_id", "id", "shard", "kind", "folded", "memo", "staff", "consent", "created_at", "updated_at"],
    conflict: "",
};

fn create(tx: &mut Tx, workspace: WorkspaceId, kind: &str, scope: Uuid, values: &[&str], now: i64) -> Result<()> {
    let made: Vec<(ContactId, &str)> = values.iter().map(|value| (ContactId::new(now), *value)).collect();
    let inserted =
        tx.insert_many(&NEW_IDENTITY, made.iter().map(|(id, value)| params![workspace, kind, scope, *value, id, now]))?;
    // Another node met one of them at this very moment: look again rather than make an orphan.
    if usize::try_from(inserted).unwrap_or(0) != made.len() {
        return Err(Error::Raced);
    }
    let contact_kind = match kind {
        "group" | "room" => kind,
        _ => "person",
    };
    tx.insert_many(
        &NEW_CONTACT,
        made.iter().map(|(id, _)| params![workspace, id, shard_of(workspace, *id), contact_kind, "", "", 0, "granted", now, now]),
    )?;
    Ok(())
}

/// Which of the items are not stored yet and not repeated within this batch.
fn unseen(tx: &mut Tx, items: &[&Incoming]) -> Result<Vec<bool>> {
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Uuid>> = BTreeMap::new();
    for item in items {
        by_workspace.entry(item.workspace).or_default().push(item.id.0);
    }
    let mut seen: HashSet<(WorkspaceId, EventId)> = HashSet::new();
    for (workspace, ids) in by_workspace {
        let known: Vec<EventId> =
            tx.query("SELECT id FROM events WHERE workspace_id = $1 AND id = ANY($2)", &params![workspace, ids], |row| {
                row.get(0)
            })?;
        seen.extend(known.into_iter().map(|id| (workspace, id)));
    }
    Ok(items.iter().map(|item| seen.insert((item.workspace, item.id))).collect())
}

const NEW_EVENT: Insert = Insert {
    table: "events",
    columns: &["workspace_id", "id", "contact_id", "channel_id", "kind", "source", "occurred_at", "received_at", "payload"],
    conflict: "ON CONFLICT (workspace_id, id) DO NOTHING",
};
pub(crate) const NEW_PENDING: Insert =
    Insert { table: "pending", columns: &["workspace_id", "shard", "contact_id", "event_id", "attempts"], conflict: "" };

fn store_events(tx: &mut Tx, items: &[&Incoming], contacts: &[ContactId], fresh: &[bool], now: i64) -> Result<()> {
    let new: Vec<(&Incoming, ContactId, String)> = items
        .iter()
        .zip(contacts)
        .zip(fresh)
        .filter(|(_, fresh)| **fresh)
        .map(|((item, contact), _)| {
            let payload = serde_json::to_string(&item.payload).map_err(|error| Error::damaged("event", error))?;
            Ok((*item, *contact, payload))
        })
        .collect::<Result<_>>()?;
    let inserted = tx.insert_many(
        &NEW_EVENT,
        new.iter().map(|(item, contact, payload)| {
            params![
                item.workspace,
                item.id,
                *contact,
                item.channel,
                item.payload.kind.name(),
                item.source,
                item.occurred_at,
                now,
                payload.as_str()
            ]
        }),
    )?;
    if usize::try_from(inserted).unwrap_or(0) != new.len() {
        return Err(Error::Raced);
    }
    tx.insert_many(
        &NEW_PENDING,
        new.iter()
            .filter(|(_, contact, _)| *contact != ContactId::nil())
            .map(|(item, contact, _)| params![item.workspace, shard_of(item.workspace, *contact), *contact, item.id, 0]),
    )?;
    Ok(())
}

fn note_oddities<'a>(tx: &mut Tx, oddities: impl Iterator<Item = &'a (WorkspaceId, ChannelId, Oddity)>, now: i64) -> Result<()> {
    tx.execute_many(
        "INSERT INTO channel_notes (workspace_id, channel_id, kind, count, last_at, detail) VALUES ($1, $2, $3, 1, $4, $5)
         ON CONFLICT (workspace_id, channel_id, kind)
         DO UPDATE SET count = channel_notes.count + 1, last_at = excluded.last_at, detail = excluded.detail",
        oddities.map(|(workspace, channel, oddity)| params![*workspace, *channel, oddity.kind, now, oddity.detail.as_str()]),
    )?;
    Ok(())
}
