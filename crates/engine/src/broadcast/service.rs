//! The loop's side of broadcasts: begins what is due, takes the snapshot, fixes, finishes.

use std::sync::Arc;

use store::{Store, Tx};
use tokio::sync::Notify;

use super::fix::{self, Order};
use super::ledger::Shard;
use super::{Audience, Broadcast, Hold, Method, State, counts, db, insight, line_call, snapshot};
use crate::delivery::{Delivery, Endpoint};
use crate::engine::Hints;
use crate::ids::{BroadcastId, WorkspaceId};
use crate::runtime::{Held, Turn};
use crate::workspace::Catalogs;
use crate::{Error, Result};

/// A broadcast that waits for the answers to another one looks again after so long, ms.
const ANSWERS_MS: i64 = 1_000;

/// 一斉配信. Cheap to clone.
#[derive(Clone)]
pub struct Broadcasts {
    store: Store,
    catalogs: Catalogs,
    delivery: Delivery,
    wake: Arc<Notify>,
}

impl Broadcasts {
    /// Puts the parts together.
    pub fn new(store: &Store, catalogs: &Catalogs, delivery: &Delivery, hints: &Hints) -> Self {
        Self { store: store.clone(), catalogs: catalogs.clone(), delivery: delivery.clone(), wake: hints.broadcasts.clone() }
    }

    /// After staff gave an order: the loop looks at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// One step for every broadcast that has one due.
    ///
    /// # Errors
    /// The database's; a lost lease.
    pub async fn turn(&self, held: &Held, now: i64) -> Result<Turn> {
        if held.shards.is_empty() {
            return Ok(Turn::default());
        }
        let (due, next_due) = self.store.read(move |tx| db::due(tx, now)).await?;
        let mut turn = Turn { worked: 0, next_due };
        for broadcast in due {
            // One that cannot go on must not hold up the others.
            match self.step(held, &broadcast, now).await {
                Ok(worked) => turn.worked += worked,
                Err(error @ Error::Store(_)) => return Err(error),
                Err(error) => tracing::error!(broadcast = %broadcast.id, %error, "a broadcast cannot go on"),
            }
        }
        Ok(turn)
    }

    async fn step(&self, held: &Held, broadcast: &Broadcast, now: i64) -> Result<usize> {
        if self.catalogs.channel(broadcast.channel_id).is_none_or(|channel| channel.stopped_at.is_some()) {
            return Ok(0);
        }
        let key = (broadcast.workspace, broadcast.id);
        match (broadcast.state, broadcast.method) {
            (State::Scheduled, _) => self.store.write(move |tx| begin(tx, key, now)).await,
            (State::Snapshotting, _) => self.take_snapshot(held, broadcast, now).await,
            (State::Sending, Method::LineBroadcast) => self.line_call(held, broadcast, now).await,
            (State::Sending, Method::Ledger) => self.send(held, broadcast, now).await,
            (State::Draft | State::Paused | State::Done | State::Cancelled, _) => Ok(0),
        }
    }

    async fn take_snapshot(&self, held: &Held, broadcast: &Broadcast, now: i64) -> Result<usize> {
        let key = (broadcast.workspace, broadcast.id);
        let (catalogs, standing, asked) = (self.catalogs.clone(), held.clone(), broadcast.clone());
        let chunk = self.store.read(move |tx| snapshot::read(tx, &catalogs, &standing, &asked, now)).await?;
        let standing = held.clone();
        match chunk {
            Some(chunk) => self.store.write_last(move |tx| snapshot::write(tx, &standing, key, &chunk)).await,
            None => self.store.write(move |tx| complete(tx, key, now)).await,
        }
    }

    async fn send(&self, held: &Held, broadcast: &Broadcast, now: i64) -> Result<usize> {
        let (workspace, id, channel) = (broadcast.workspace, broadcast.id, broadcast.channel_id);
        let room = |endpoint| self.delivery.room(workspace, channel, endpoint, held);
        let order = Order { workspace, id, now, room: (room(Endpoint::Multicast), room(Endpoint::Push)) };
        if order.room.0 > 0 || order.room.1 > 0 {
            let (catalogs, standing) = (self.catalogs.clone(), held.clone());
            let alone = self.delivery.fixing().await;
            let fixed = self.store.write(move |tx| fix::fix(tx, &catalogs, &standing, order)).await;
            let fixed = self.delivery.note_fate(fixed)?;
            drop(alone);
            self.delivery.hand_over(fixed.requests);
            if fixed.worked > 0 {
                return Ok(fixed.worked);
            }
        }
        self.finish((workspace, id), now).await
    }

    async fn line_call(&self, held: &Held, broadcast: &Broadcast, now: i64) -> Result<usize> {
        let key = (broadcast.workspace, broadcast.id);
        if held.shards.contains(&line_call::SHARD) {
            let (catalogs, standing) = (self.catalogs.clone(), held.clone());
            let fixed = self.store.write(move |tx| line_call::fix(tx, &catalogs, &standing, key, now)).await;
            if let Some(request) = self.delivery.note_fate(fixed)? {
                self.delivery.hand_over(vec![request]);
                return Ok(1);
            }
        }
        self.finish(key, now).await
    }

    /// Done when the ledger says so. Looked at on a reading connection first: this is asked often.
    async fn finish(&self, (workspace, id): (WorkspaceId, BroadcastId), now: i64) -> Result<usize> {
        let through = self.store.read(move |tx| {
            let broadcast = db::find(tx, workspace, id)?;
            is_through(tx, &broadcast)
        });
        if !through.await? {
            return Ok(0);
        }
        self.store.write(move |tx| done(tx, (workspace, id), now)).await
    }
}

fn begin(tx: &mut Tx<'_>, (workspace, id): (WorkspaceId, BroadcastId), now: i64) -> Result<usize> {
    let broadcast = db::lock(tx, workspace, id)?;
    if broadcast.state != State::Scheduled || broadcast.send_at > now {
        return Ok(0);
    }
    if waits_for_answers(tx, &broadcast)? {
        db::save(tx, &Broadcast { wake_at: now + ANSWERS_MS, ..broadcast }, now)?;
        return Ok(0);
    }
    let next = match broadcast.method {
        Method::Ledger => {
            super::ledger::make_shards(tx, workspace, id)?;
            State::Snapshotting
        }
        Method::LineBroadcast => State::Sending,
    };
    db::save(tx, &Broadcast { state: next, started_at: Some(now), ..broadcast }, now)?;
    Ok(1)
}

/// Whether it goes to those another one reached or missed, and LINE has not answered for all of that one yet: who is
/// still open there would be forgotten here, or told twice.
fn waits_for_answers(tx: &mut Tx<'_>, broadcast: &Broadcast) -> Result<bool> {
    match &broadcast.audience {
        Audience::Reached { broadcast: source } | Audience::Missed { broadcast: source } => {
            let shards = db::shards(tx, broadcast.workspace, *source)?;
            is_open(tx, (broadcast.workspace, *source), &shards)
        }
        _ => Ok(false),
    }
}

/// Whether something fixed is unanswered.
fn is_open(tx: &mut Tx<'_>, (workspace, id): (WorkspaceId, BroadcastId), shards: &[Shard]) -> Result<bool> {
    let exceptions = counts::exceptions(tx, workspace, id)?;
    Ok(counts::sending(shards, &exceptions) > 0 || exceptions.open() > 0)
}

/// Goes on to sending when every shard, of every node, is complete.
fn complete(tx: &mut Tx<'_>, (workspace, id): (WorkspaceId, BroadcastId), now: i64) -> Result<usize> {
    let broadcast = db::lock(tx, workspace, id)?;
    let shards = db::shards(tx, workspace, id)?;
    if broadcast.state != State::Snapshotting || shards.iter().any(|shard| shard.cursor != Some(snapshot::COMPLETE)) {
        return Ok(0);
    }
    let total = shards.iter().map(|shard| shard.total).sum();
    db::save(tx, &Broadcast { state: State::Sending, total, ..broadcast }, now)?;
    Ok(1)
}

/// Whether nothing is left to fix and nothing fixed is unanswered.
fn is_through(tx: &mut Tx<'_>, broadcast: &Broadcast) -> Result<bool> {
    if broadcast.state != State::Sending {
        return Ok(false);
    }
    let over = broadcast.hold == Some(Hold::Expired);
    if broadcast.method == Method::LineBroadcast {
        let call = counts::line_call_state(tx, broadcast)?;
        return Ok(call.map_or(over, |state| state != "open"));
    }
    let shards = db::shards(tx, broadcast.workspace, broadcast.id)?;
    if !over && shards.iter().any(|shard| shard.next_pos < shard.total) {
        return Ok(false);
    }
    Ok(!is_open(tx, (broadcast.workspace, broadcast.id), &shards)?)
}

fn done(tx: &mut Tx<'_>, (workspace, id): (WorkspaceId, BroadcastId), now: i64) -> Result<usize> {
    let broadcast = db::lock(tx, workspace, id)?;
    if !is_through(tx, &broadcast)? {
        return Ok(0);
    }
    insight::queue(tx, &broadcast, now)?;
    let audience = broadcast.audience.clone().over();
    db::save(tx, &Broadcast { state: State::Done, done_at: Some(now), audience, ..broadcast }, now)?;
    db::note_change(tx, workspace, id, now)?;
    Ok(1)
}
