//! Does it: chunk by chunk through events, as if staff had edited each of them, never faster than they are applied.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use store::Tx;
use uuid::Uuid;

use super::decide::{back, before, event};
use super::{Bulk, State, Way, db};
use crate::contact;
use crate::contact::list;
use crate::engine::Engine;
use crate::event::ingest::{Incoming, Who};
use crate::event::{EventKind, Payload, Source};
use crate::ids::{BulkId, ChannelId, ContactId, EventId, WorkspaceId};
use crate::segment::Context;
use crate::task::{Task, Trouble, db as tasks};
use crate::{Error, Result};

/// Contacts in one transaction.
const CHUNK: i64 = 250;
/// Events that may wait to be applied before the next chunk; customers' own events wait behind them.
const WAITING_MAX: i64 = 500;
/// The task's time is renewed with every so many looks, about ten seconds.
const LOOKS_KEPT: u32 = 500;
const PAUSE: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
struct Order {
    bulk: BulkId,
    #[serde(default)]
    way: Way,
}

/// Runs the task to its end, from wherever it stood. Where that is for the last time, the deed says that it failed.
///
/// # Errors
/// The database's; the task is then tried again.
pub(crate) async fn run(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>> {
    let Order { bulk: id, way } =
        serde_json::from_value(task.payload.clone()).map_err(|error| Error::damaged("tasks.payload", error))?;
    let done = walk(engine, task, id, way).await;
    if let Err(error) = &done
        && (!error.is_transient() || Trouble::again(task, error).is_last(task))
    {
        give_up(engine, task.workspace, id, way).await?;
    }
    done.map(|()| None)
}

async fn walk(engine: &Arc<Engine>, task: &Task, id: BulkId, way: Way) -> Result<()> {
    let workspace = task.workspace;
    loop {
        let bulk = engine.store.read(move |tx| db::find(tx, workspace, id)).await?;
        let on = match way {
            _ if bulk.state != way.state() => false,
            Way::Forth => forth(engine, task, &bulk).await?,
            Way::Back => homeward(engine, task, &bulk).await?,
        };
        if !on || !keep(engine, task, &bulk).await? {
            return Ok(());
        }
        let room = |tx: &mut Tx<'_>| Ok(crate::react::waiting(tx)? <= WAITING_MAX);
        if !wait(engine, task, &bulk, room).await? {
            return Ok(());
        }
    }
}

async fn give_up(engine: &Engine, workspace: WorkspaceId, id: BulkId, way: Way) -> Result<()> {
    let now = engine.clock.now_ms();
    engine.store.write(move |tx| db::give_up(tx, (workspace, id), &[way.state()], now)).await
}

/// Whether the task is still this node's; its time is renewed.
async fn keep(engine: &Engine, task: &Task, bulk: &Bulk) -> Result<bool> {
    let (task, node, bulk) = (task.clone(), engine.node, bulk.clone());
    engine.store.write(move |tx| tasks::keep(tx, &task, node, bulk.seen, bulk.total)).await
}

/// Waits until it is so, or until the deed stands elsewhere; false when the task is no longer this node's.
async fn wait(
    engine: &Engine,
    task: &Task,
    bulk: &Bulk,
    so: impl Fn(&mut Tx<'_>) -> Result<bool> + Copy + Send + 'static,
) -> Result<bool> {
    let (workspace, id, state) = (bulk.workspace, bulk.id, bulk.state);
    for look in 1_u32.. {
        engine.hints.events.notify_one();
        let over = engine.store.read(move |tx| Ok::<_, Error>(so(tx)? || db::stands(tx, workspace, id)? != Some(state)));
        if over.await? {
            break;
        }
        if look % LOOKS_KEPT == 0 && !keep(engine, task, bulk).await? {
            return Ok(false);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(true)
}

/// Waits until all that the deed has brought so far is applied; false when the task is no longer this node's.
async fn applied(engine: &Engine, task: &Task, bulk: &Bulk) -> Result<bool> {
    let (workspace, id) = (bulk.workspace, bulk.id);
    let newest = engine.store.read(db::newest_waiting).await?;
    wait(engine, task, bulk, move |tx| db::is_applied(tx, workspace, id, newest)).await
}

/// One chunk further; false at the end.
async fn forth(engine: &Engine, task: &Task, bulk: &Bulk) -> Result<bool> {
    let (catalogs, now, own) = (engine.catalogs.clone(), engine.clock.now_ms(), bulk.clone());
    let (ids, changed) = engine
        .store
        .read(move |tx| -> Result<_> {
            let catalog = catalogs.get(tx, own.workspace)?;
            let filter = own.filter(tx)?;
            let context = Context { now, zone: &catalog.zone, words: &*catalog, event: None };
            let ids = list::ids(tx, own.workspace, &filter, &context, own.cursor, CHUNK)?;
            let contacts = contact::db::load(tx, own.workspace, &ids)?;
            let changed: Vec<(ContactId, Option<String>)> =
                ids.iter().filter_map(|id| Some((*id, before(&own.deed, contacts.get(id)?, &catalog)?))).collect();
            Ok((ids, changed))
        })
        .await?;
    let Some(last) = ids.last().copied() else {
        if applied(engine, task, bulk).await? {
            finish(engine, bulk, State::Running, State::Done).await?;
        }
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
async fn homeward(engine: &Engine, task: &Task, bulk: &Bulk) -> Result<bool> {
    if bulk.cursor == Some(ContactId(Uuid::max())) && !has_come_to_rest(engine, task, bulk).await? {
        return Ok(false);
    }
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

/// Before the first step back: what the deed still did when it was stopped must be known and applied.
async fn has_come_to_rest(engine: &Engine, task: &Task, bulk: &Bulk) -> Result<bool> {
    let (workspace, id) = (bulk.workspace, bulk.id);
    let alone = wait(engine, task, bulk, move |tx| db::is_left_alone(tx, workspace, id)).await?;
    Ok(alone && applied(engine, task, bulk).await?)
}

async fn finish(engine: &Engine, bulk: &Bulk, from: State, to: State) -> Result<()> {
    let (own, now) = (bulk.clone(), engine.clock.now_ms());
    engine
        .store
        .write(move |tx| {
            db::turn(tx, own.workspace, own.id, &[from], to, Some(now))?;
            db::tell(tx, (own.workspace, own.id), now)
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
    // The door's answer is shared with others; what may work later stays so.
    engine.ingest.take(items).await.map(drop).map_err(|error| match &*error {
        later if later.is_transient() => Error::Full,
        other => Error::conflict("conflict", other.to_string()),
    })
}
