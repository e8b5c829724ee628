//! Where a broadcast's recipients stand: from the shards' cursors and counters, the exceptions and the outbox.
//!
//! Nothing is counted twice and nothing is guessed: the numbers always sum up to the snapshot.

use std::collections::BTreeMap;

use store::{Tx, params};

use super::db::{Shard, find, shards};
use super::{Broadcast, Counts, Hold, Method, State};
use crate::Result;
use crate::delivery::{DeliveryState, Reason};
use crate::ids::{BroadcastId, WorkspaceId};

const EXCEPTIONS: &str = "SELECT state, reason, COUNT(*) FROM broadcast_exceptions
    WHERE workspace_id = $1 AND broadcast_id = $2 GROUP BY state, reason";
const MOVED: &str = "SELECT state, reason, COUNT(*) FROM deliveries
    WHERE workspace_id = $1 AND cause_id = $2 AND cause_kind = 'broadcast' GROUP BY state, reason";
const LINE_CALL: &str = "SELECT state, recipients FROM requests
    WHERE workspace_id = $1 AND broadcast_id = $2 AND endpoint = 'broadcast' AND state <> 'split'";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[EXCEPTIONS, MOVED, LINE_CALL];

/// What became of recipients by exception.
#[derive(Clone, Debug, Default)]
pub(super) struct Exceptions {
    by: BTreeMap<(String, String), i64>,
    moved: Vec<(DeliveryState, Option<Reason>, i64)>,
}

pub(super) fn exceptions(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<Exceptions> {
    let by = tx.query(EXCEPTIONS, &params![workspace, id], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    let moved = tx.query(MOVED, &params![workspace, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Exceptions { by: by.into_iter().collect(), moved })
}

impl Exceptions {
    fn total(&self) -> i64 {
        self.by.values().sum()
    }

    /// Deliveries that wait in the outbox or are under way.
    pub(super) fn open(&self) -> i64 {
        let open = |state: DeliveryState| matches!(state, DeliveryState::Queued | DeliveryState::Sending);
        self.moved.iter().filter(|(state, ..)| open(*state)).map(|(.., count)| count).sum()
    }
}

/// Recipients fixed whose end is not recorded.
pub(super) fn sending(shards: &[Shard], exceptions: &Exceptions) -> i64 {
    let fixed: i64 = shards.iter().map(|shard| shard.next_pos - shard.accepted - shard.unknown).sum();
    fixed - exceptions.total()
}

/// Where the recipients stand.
///
/// # Errors
/// The database's; [`Error::NotFound`].
pub fn counts(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<Counts> {
    let broadcast = find(tx, workspace, id)?;
    if broadcast.method == Method::LineBroadcast {
        return line_counts(tx, &broadcast);
    }
    let shards = shards(tx, workspace, id)?;
    let exceptions = exceptions(tx, workspace, id)?;
    let mut counts = Counts {
        queued: shards.iter().map(|shard| shard.total - shard.next_pos).sum(),
        sending: sending(&shards, &exceptions),
        accepted: shards.iter().map(|shard| shard.accepted).sum(),
        unknown: shards.iter().map(|shard| shard.unknown).sum(),
        ..Counts::default()
    };
    for ((state, reason), count) in &exceptions.by {
        match (state.as_str(), reason.parse()) {
            ("failed", _) => counts.failed += count,
            ("refused", Ok(reason)) => *counts.refused.entry(reason).or_default() += count,
            // Moved ones are counted where they went.
            _ => {}
        }
    }
    for (state, reason, count) in &exceptions.moved {
        match state {
            DeliveryState::Queued => counts.queued += count,
            DeliveryState::Sending => counts.sending += count,
            DeliveryState::Accepted => counts.accepted += count,
            DeliveryState::Failed => counts.failed += count,
            DeliveryState::Unknown => counts.unknown += count,
            DeliveryState::Refused => *counts.refused.entry(reason.unwrap_or(Reason::Invalid)).or_default() += count,
        }
    }
    close(&broadcast, &mut counts);
    Ok(counts)
}

/// What will never be fixed is refused: no row says so, the broadcast's state does.
fn close(broadcast: &Broadcast, counts: &mut Counts) {
    let reason = match (broadcast.state, broadcast.hold) {
        (State::Cancelled, _) => Reason::Cancelled,
        (State::Done, _) | (_, Some(Hold::Expired)) => Reason::Expired,
        _ => return,
    };
    let rest = std::mem::take(&mut counts.queued);
    if rest > 0 {
        *counts.refused.entry(reason).or_default() += rest;
    }
}

/// LINE tells no numbers for its own call: what Enishi knows of takes the state of the one request.
fn line_counts(tx: &mut Tx<'_>, broadcast: &Broadcast) -> Result<Counts> {
    let call: Option<(String, i64)> =
        tx.query_opt(LINE_CALL, &params![broadcast.workspace, broadcast.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut counts = Counts::default();
    match call.as_ref().map(|(state, known)| (state.as_str(), *known)) {
        Some(("open", known)) => counts.sending = known,
        Some(("accepted", known)) => counts.accepted = known,
        Some(("unknown", known)) => counts.unknown = known,
        Some((_, known)) => counts.failed = known,
        None => counts.queued = broadcast.total,
    }
    close(broadcast, &mut counts);
    Ok(counts)
}

/// State of LINE's own call; `None` before it is fixed.
pub(super) fn line_call_state(tx: &mut Tx<'_>, broadcast: &Broadcast) -> Result<Option<String>> {
    Ok(tx.query_opt(LINE_CALL, &params![broadcast.workspace, broadcast.id], |row| row.get(0))?)
}
