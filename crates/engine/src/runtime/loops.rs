//! One loop per step of the way. A loop works until nothing is left, then waits for a hint, a due instant or a poll.

use std::collections::{BTreeSet, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use store::params;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::held::{self, Held, Renewal};
use crate::delivery::quota;
use crate::engine::Engine;
use crate::ids::{ChannelId, SHARDS, WorkspaceId};
use crate::notice::watch::watch_regularly;
use crate::{Error, Result, react, task};

/// What one turn of a loop did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Things worked on; 0 lets the loop rest.
    pub worked: usize,
    /// When something becomes due next, Unix ms of the domain clock.
    pub next_due: Option<i64>,
}

/// The running loops.
pub struct Runtime {
    engine: Arc<Engine>,
    stop: watch::Sender<bool>,
    loops: JoinSet<()>,
}

/// A loop looks by itself at least this often: hints may be lost, other nodes may have written.
const POLL: Duration = Duration::from_millis(500);
/// After an error.
const PAUSE: Duration = Duration::from_millis(300);

/// Takes over shards and starts all loops.
///
/// # Errors
/// The database's.
pub async fn start(engine: Arc<Engine>) -> Result<Runtime> {
    held::free_the_dead(&engine).await?;
    let first = match held::renew(&engine).await? {
        Renewal::Held(first) => first,
        Renewal::Outdated(newer) => {
            retire(&engine, newer);
            Held::default()
        }
    };
    engine.delivery.take_over(&first).await?;
    engine.standing.set(first);
    let mut looked_at = HashSet::new();
    look_at_quotas(&engine, &mut looked_at).await?;
    let (stop, stopping) = watch::channel(engine.standing.outdated_by().is_some());
    let mut loops = JoinSet::new();
    loops.spawn(leases(engine.clone(), stop.clone()));
    loops.spawn(catalogs(engine.clone(), stopping.clone(), looked_at));
    let hints = engine.hints.clone();
    spawn(&mut loops, &engine, hints.events, &stopping, "events", |engine, held| async move { events(&engine, &held).await });
    spawn(&mut loops, &engine, hints.outbox, &stopping, "outbox", |engine, held| async move {
        engine.delivery.fix_due(&held, engine.clock.now_ms()).await
    });
    spawn(&mut loops, &engine, hints.broadcasts, &stopping, "broadcasts", |engine, held| async move {
        engine.broadcasts.turn(&held, engine.clock.now_ms()).await
    });
    spawn(&mut loops, &engine, hints.tasks, &stopping, "tasks", |engine, _held| async move { task::turn(&engine).await });
    Ok(Runtime { engine, stop, loops })
}

impl Runtime {
    /// Stops taking new work, lets what is in flight finish (≤ 8 s), gives the shards back.
    pub async fn shut_down(mut self) {
        let _ = self.stop.send(true);
        while self.loops.join_next().await.is_some() {}
        self.engine.delivery.drain().await;
        if let Err(error) = held::release(&self.engine).await {
            tracing::warn!(%error, "leases were not given back; they run out by themselves");
        }
    }
}

fn spawn<F, Fut>(
    loops: &mut JoinSet<()>,
    engine: &Arc<Engine>,
    hint: Arc<Notify>,
    stopping: &watch::Receiver<bool>,
    name: &'static str,
    turn: F,
) where
    F: Fn(Arc<Engine>, Held) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Turn>> + Send,
{
    let engine = engine.clone();
    let mut stopping = stopping.clone();
    loops.spawn(async move {
        while !*stopping.borrow() {
            let held = engine.standing.now();
            let rest = match turn(engine.clone(), held).await {
                Ok(Turn { worked: 1.., .. }) => continue,
                Ok(Turn { next_due, .. }) => next_due,
                Err(error) => {
                    report(name, &error);
                    let _ = tokio::time::timeout(PAUSE, stopping.changed()).await;
                    continue;
                }
            };
            tokio::select! {
                () = hint.notified() => {}
                () = until(&engine, rest) => {}
                () = tokio::time::sleep(POLL) => {}
                _ = stopping.changed() => {}
            }
        }
    });
}

async fn until(engine: &Engine, due: Option<i64>) {
    match due {
        Some(at) => engine.clock.sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn report(name: &str, error: &Error) {
    match error {
        Error::Store(store::Error::LeaseLost { .. }) => tracing::info!(name, "a shard went to another node"),
        error if error.is_transient() => tracing::warn!(name, %error, "will try again"),
        error => tracing::error!(name, %error, "a turn failed; will try again"),
    }
}

async fn events(engine: &Engine, held: &Held) -> Result<Turn> {
    if held.shards.is_empty() {
        return Ok(Turn::default());
    }
    let now = engine.clock.now_ms();
    let pending = react::apply_pending(&engine.store, &engine.catalogs, held, now).await?;
    let due = react::apply_due(&engine.store, &engine.catalogs, held, now).await?;
    if pending.queued + due.queued > 0 {
        engine.hints.outbox.notify_one();
    }
    if pending.tasks + due.tasks > 0 {
        engine.hints.tasks.notify_one();
    }
    let worked = pending.worked + due.worked;
    let next_due = if worked == 0 { next_enrollment(engine, held).await? } else { None };
    Ok(Turn { worked, next_due })
}

async fn next_enrollment(engine: &Engine, held: &Held) -> Result<Option<i64>> {
    let shards = held.shards.clone();
    engine
        .store
        .read(move |tx| {
            Ok(tx.query_one(
                "SELECT MIN(due_at) FROM enrollments WHERE state = 'active' AND due_at IS NOT NULL AND shard = ANY($1)",
                &params![&shards],
                |row| row.get(0),
            )?)
        })
        .await
}

async fn leases(engine: Arc<Engine>, stop: watch::Sender<bool>) {
    let mut stopping = stop.subscribe();
    while !*stopping.borrow() {
        let _ = tokio::time::timeout(held::RENEW, stopping.changed()).await;
        if *stopping.borrow() {
            return;
        }
        let before = engine.standing.now();
        match held::renew(&engine).await {
            Ok(Renewal::Outdated(newer)) => {
                retire(&engine, newer);
                let _ = stop.send(true);
                return;
            }
            Ok(Renewal::Held(fresh)) => {
                if let Err(error) = change_hands(&engine, &before, &fresh).await {
                    report("leases", &error);
                    continue;
                }
                engine.standing.set(fresh);
            }
            Err(error) => report("leases", &error),
        }
    }
}

/// A newer program has changed the schema: this one, which does not know it, works on nothing any more.
fn retire(engine: &Engine, newer: i64) {
    engine.standing.retire(newer);
    engine.delivery.drop_shards(&(0..SHARDS).collect::<Vec<_>>());
    tracing::error!(
        schema = newer,
        "a newer version of Enishi has updated the database: this server sends nothing any more; replace it by the newer version"
    );
}

/// Shards that came are reloaded (their open requests go on); shards that went are dropped from memory.
async fn change_hands(engine: &Engine, before: &Held, fresh: &Held) -> Result<()> {
    let same = |a: &Held, (name, fence): &(String, i64)| a.leases.iter().any(|(n, f)| n == name && f == fence);
    let gone: Vec<i64> = zip(before).filter(|(_, lease)| !same(fresh, lease)).map(|(shard, _)| shard).collect();
    if !gone.is_empty() {
        engine.delivery.drop_shards(&gone);
    }
    let mut came = fresh.clone();
    let new: Vec<bool> = fresh.leases.iter().map(|lease| !same(before, lease)).collect();
    came.shards = keep(&fresh.shards, &new);
    came.leases = keep(&fresh.leases, &new);
    if !came.shards.is_empty() {
        engine.delivery.take_over(&came).await?;
        engine.hints.events.notify_one();
        engine.hints.outbox.notify_one();
        engine.hints.broadcasts.notify_one();
    }
    Ok(())
}

fn zip(held: &Held) -> impl Iterator<Item = (i64, &(String, i64))> {
    held.shards.iter().copied().zip(&held.leases)
}

fn keep<T: Clone>(items: &[T], mask: &[bool]) -> Vec<T> {
    items.iter().zip(mask).filter(|(_, keep)| **keep).map(|(item, _)| item.clone()).collect()
}

async fn catalogs(engine: Arc<Engine>, mut stopping: watch::Receiver<bool>, mut looked_at: HashSet<ChannelId>) {
    while !*stopping.borrow() {
        let _ = tokio::time::timeout(POLL, stopping.changed()).await;
        if let Err(error) = engine.catalogs.refresh(&engine.store).await {
            report("catalogs", &error);
        }
        if let Err(error) = look_at_quotas(&engine, &mut looked_at).await {
            report("quotas", &error);
        }
    }
}

/// Accounts new to this process get their regular look at LINE's quota, and their workspaces the one for notices, whoever connected them: the admin, the command
/// line, or an earlier version that did not look.
async fn look_at_quotas(engine: &Engine, known: &mut HashSet<ChannelId>) -> Result<()> {
    let channels = engine.catalogs.all_channels();
    let new: Vec<_> = channels.iter().filter(|c| !known.contains(&c.id)).map(|c| (c.workspace, c.id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    known.extend(new.iter().map(|(_, channel)| *channel));
    let now = engine.clock.now_ms();
    let queued = engine.store.write(move |tx| {
        let workspaces: BTreeSet<WorkspaceId> = new.iter().map(|(workspace, _)| *workspace).collect();
        watch_regularly(tx, &workspaces.into_iter().collect::<Vec<_>>(), now)?;
        quota::look_regularly(tx, &new, now)
    });
    let queued = queued.await;
    if queued.is_err() {
        known.clear();
    }
    engine.hints.tasks.notify_one();
    queued
}
