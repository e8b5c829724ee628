//! Does it: chunk by chunk through events, as if staff had edited each of them, never faster than they are applied.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::decide::{back, before, event};
use super::{Bulk, State, db};
use crate::contact;
use crate::contact::list;
use crate::engine::Engine;
use crate::event::ingest::{Incoming, Who};
use crate::event::{EventKind, Payload, Source};
use crate::ids::{BulkId, ChannelId, ContactId, EventId};
use crate::segment::Context;
use crate::task::{Task, db as tasks};
use crate::{Error, Result};

/// Contacts in one transaction.
const CHUNK: i64 = 250;
/// Events that may wait to be applied before the next chunk; customers' own events wait behind them.
const WAITING_MAX: i64 = 500;
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
struct Order {
    bulk: BulkId,
}

/// Runs the task to its end, from wherever it stood.
///
/// # Errors
/// The database's; the task is then tried again.
pub(crate) async fn run(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>> {
    let Order { bulk: id } =
        serde_json::from_value(task.payload.clone()).map_err(|error| Error::damaged("tasks.payload", error))?;
    loop {
        let workspace = task.workspace;
        let bulk = engine.store.read(move |tx| db::find(tx, workspace, id)).await?;
        let on = match bulk.state {
            State::Running => forth(engine, &bulk).await?,
            State::Undoing => homeward(engine, &bulk).await?,
            _ => false,
        };
        if !on || !keep(engine, task, &bulk).await? {
            return Ok(None);
        }
        room(engine).await?;
    }
}

/// Whether the task is still this node's; its time is renewed.
async fn keep(engine: &Engine, task: &Task, bulk: &Bulk) -> Result<bool> {
    let (task, node, bulk) = (task.clone(), engine.node, bulk.clone());
    engine.store.write(move |tx| tasks::keep(tx, &task, node, bulk.seen, bulk.total)).await
}

async fn room(engine: &Engine) -> Result<()> {
    engine.hints.events.notify_one();
    while engine.store.read(crate::react::waiting).await? > WAITING_MAX {
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// One chunk further; false at the end.
async fn forth(engine: &Engine, bulk: &Bulk) -> Result<bool> {
    let (catalogs, now, own) = (engine.catalogs.clone(), engine.clock.now_ms(), bulk.clone());
    let (ids, changed) = engine
        .store
        .read(move |tx| -> Result<_> {
            let catalog = catalogs.get(tx, own.workspace)?;
            let filter = own.whom.filter(tx, own.workspace)?;
            let context = Context { now, zone: &catalog.zone, words: &*catalog, event: None };
            let ids = list::ids(tx, own.workspace, &filter, &context, own.cursor, CHUNK)?;
            let contacts = contact::db::load(tx, own.workspace, &ids)?;
            let changed: Vec<(ContactId, Option<String>)> =
                ids.iter().filter_map(|id| Some((*id, before(&own.deed, contacts.get(id)?, &catalog)?))).collect();
            Ok((ids, changed))
        })
        .await?;
    let Some(last) = ids.last().copied() else {
        finish(engine, bulk, State::Running, State::Done).await?;
        return Ok(false);
    };
    let (own, kept) = (bulk.clone(), changed.clone());
    engine.store.write(move |tx| db::remember(tx, &own, &kept)).await?;
    let kind = event(&bulk.deed);
    take(engine, bulk, "forth", changed.iter().map(|(id, _)| (*id, kind.clone()))).await?;
    let (own, count) = (bulk.clone(), (ids.len(), changed.len()));
    engine.store.write(move |tx| db::advance(tx, &own, last, count, now)).await?;
    Ok(true)
}

/// One chunk back; false at the end.
async fn homeward(engine: &Engine, bulk: &Bulk) -> Result<bool> {
    let (catalogs, now, own) = (engine.catalogs.clone(), engine.clock.now_ms(), bulk.clone());
    let (last, events) = engine
        .store
        .read(move |tx| -> Result<_> {
            let catalog = catalogs.get(tx, own.workspace)?;
            let changes = db::changes(tx, &own, CHUNK)?;
            let ids: Vec<ContactId> = changes.iter().map(|(id, _)| *id).collect();
            let contacts = contact::db::load(tx, own.workspace, &ids)?;
            let events: Vec<(ContactId, EventKind)> = changes
                .iter()
                .filter_map(|(id, previous)| Some((*id, back(&own.deed, previous.as_deref(), contacts.get(id)?, &catalog)?)))
                .collect();
            Ok((ids.last().copied(), events))
        })
        .await?;
    let Some(last) = last else {
        finish(engine, bulk, State::Undoing, State::Undone).await?;
        return Ok(false);
    };
    let undone = events.len();
    take(engine, bulk, "back", events).await?;
    let own = bulk.clone();
    engine.store.write(move |tx| db::taken_back(tx, &own, last, undone, now)).await?;
    Ok(true)
}

async fn finish(engine: &Engine, bulk: &Bulk, from: State, to: State) -> Result<()> {
    let (own, now) = (bulk.clone(), engine.clock.now_ms());
    engine
        .store
        .write(move |tx| {
            db::turn(tx, own.workspace, own.id, &[from], to, Some(now))?;
            db::tell(tx, &own, now)
        })
        .await
}

/// Events known by what they are for, so that a chunk that is done again after a crash is done once.
async fn take(engine: &Engine, bulk: &Bulk, way: &str, events: impl IntoIterator<Item = (ContactId, EventKind)>) -> Result<()> {
    let now = engine.clock.now_ms();
    let asked_at = bulk.done_at.unwrap_or(bulk.created_at);
    let items: Vec<Incoming> = events
        .into_iter()
        .map(|(contact, kind)| Incoming {
            workspace: bulk.workspace,
            id: EventId::keyed(bulk.id.0, format!("{way}\0{contact}").as_bytes(), asked_at),
            channel: None::<ChannelId>,
            who: Who::Contact(contact),
            // Nobody who gets a tag back is greeted for it.
            source: if way == "back" { Source::Import } else { Source::Staff },
            occurred_at: now,
            payload: Payload { kind, reply: None, standby: false, actor: None },
        })
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    engine.ingest.take(items).await.map(drop).map_err(|error| match &*error {
        Error::Full => Error::Full,
        other => Error::conflict("conflict", other.to_string()),
    })
}
