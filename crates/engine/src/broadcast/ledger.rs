//! The ledger's SQL as requests end: counters, exceptions, refused recipients cut out. Called inside the recorder's
//! transaction, so that a request and its recipients never disagree.

use std::borrow::Cow;
use std::collections::BTreeMap;

use store::{Insert, Tx, params};
use uuid::Uuid;

use crate::Result;
use crate::delivery::outcome::Cut;
use crate::delivery::{Multicast, Reason, Request, Span};
use crate::ids::{BroadcastId, ChannelId, ContactId, RequestId, SHARDS, WorkspaceId};
use crate::notice::watch;

const SHARD_ROWS: Insert = Insert {
    table: "broadcast_shards",
    columns: &["workspace_id", "broadcast_id", "shard", "cursor", "total", "next_pos", "accepted", "unknown"],
    conflict: "ON CONFLICT (workspace_id, broadcast_id, shard) DO NOTHING",
};
const SHARDS_OF: &str = "SELECT shard, cursor, total, next_pos, accepted, unknown FROM broadcast_shards
    WHERE workspace_id = $1 AND broadcast_id = $2 ORDER BY shard";

/// What recipients are counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// LINE has it.
    Accepted,
    /// Nobody knows.
    Unknown,
}

const COUNT_ACCEPTED: &str = "UPDATE broadcast_shards SET accepted = accepted + $4
    WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3";
const COUNT_UNKNOWN: &str = "UPDATE broadcast_shards SET unknown = unknown + $4
    WHERE workspace_id = $1 AND broadcast_id = $2 AND shard = $3";
/// The recipients of a request that never was: all of its range that is not excepted already.
const EXCEPT: &str = "INSERT INTO broadcast_exceptions (workspace_id, broadcast_id, shard, pos, contact_id, state, reason, at)
    SELECT r.workspace_id, r.broadcast_id, r.shard, r.pos, r.contact_id, CAST($6 AS TEXT), CAST($7 AS TEXT), CAST($8 AS BIGINT)
    FROM broadcast_recipients r
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = $3 AND r.pos >= $4 AND r.pos < $5
      AND NOT EXISTS (SELECT 1 FROM broadcast_exceptions x WHERE x.workspace_id = r.workspace_id
        AND x.broadcast_id = r.broadcast_id AND x.shard = r.shard AND x.pos = r.pos)";
/// What they did not hear does not count against the cap.
const UNSEND: &str = "DELETE FROM contact_sends WHERE workspace_id = $1 AND broadcast_id = $2 AND contact_id IN (
      SELECT r.contact_id FROM broadcast_recipients r
      WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = $3 AND r.pos >= $4 AND r.pos < $5)";
const UNSEND_ONE: &str = "DELETE FROM contact_sends WHERE workspace_id = $1 AND contact_id = $2 AND broadcast_id = $3";
const LIVE: &str = "SELECT r.pos, r.contact_id FROM broadcast_recipients r
    WHERE r.workspace_id = $1 AND r.broadcast_id = $2 AND r.shard = $3 AND r.pos >= $4 AND r.pos < $5
      AND NOT EXISTS (SELECT 1 FROM broadcast_exceptions x WHERE x.workspace_id = r.workspace_id
        AND x.broadcast_id = r.broadcast_id AND x.shard = r.shard AND x.pos = r.pos)
    ORDER BY r.pos";
const EXCEPT_ONE: &str =
    "INSERT INTO broadcast_exceptions (workspace_id, broadcast_id, shard, pos, contact_id, state, reason, at)
    VALUES ($1, $2, $3, $4, $5, 'failed', $6, $7)";
const PAUSE_FOR_QUOTA: &str = "UPDATE broadcasts SET state = 'paused', hold = 'quota', updated_at = $3
    WHERE workspace_id = $1 AND channel_id = $2 AND state = 'sending' AND method = 'ledger'
    RETURNING id";
const CHANGED: &str = "INSERT INTO changes (workspace_id, kind, object_id, at) VALUES ($1, 'broadcast', $2, $3)";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] =
    &[COUNT_ACCEPTED, COUNT_UNKNOWN, EXCEPT, UNSEND, UNSEND_ONE, LIVE, EXCEPT_ONE, PAUSE_FOR_QUOTA, CHANGED, SHARDS_OF];

/// Counts the recipients of requests that ended.
pub(crate) fn count(tx: &mut Tx<'_>, requests: &[&Request], counter: Counter) -> Result<()> {
    let mut sums: BTreeMap<(WorkspaceId, BroadcastId, i64), i64> = BTreeMap::new();
    for request in requests {
        if let Some(span) = request.span {
            *sums.entry((request.workspace, span.broadcast, request.shard)).or_default() += request.recipients;
        }
    }
    let sql = match counter {
        Counter::Accepted => COUNT_ACCEPTED,
        Counter::Unknown => COUNT_UNKNOWN,
    };
    tx.execute_many(sql, sums.iter().map(|((workspace, broadcast, shard), sum)| params![workspace, broadcast, *shard, *sum]))?;
    Ok(())
}

/// Writes the recipients of requests that LINE refused, or that must not go any more, as exceptions.
pub(crate) fn except(tx: &mut Tx<'_>, requests: &[&Request], (state, reason): (&str, Reason), at: i64) -> Result<()> {
    let spans = || requests.iter().filter_map(|request| Some((request, request.span?)));
    tx.execute_many(
        EXCEPT,
        spans().map(|(r, span)| params![r.workspace, span.broadcast, r.shard, span.from, span.to, state, reason, at]),
    )?;
    tx.execute_many(UNSEND, spans().map(|(r, span)| params![r.workspace, span.broadcast, r.shard, span.from, span.to]))?;
    Ok(())
}

/// Cuts a refused multicast: the named recipient becomes an exception, the others get requests with new keys. `None` when
/// the body and the ledger do not agree, so that nothing can be cut.
pub(crate) fn split(tx: &mut Tx<'_>, request: &Request, cut: Cut, at: i64) -> Result<Option<Vec<Request>>> {
    let Some(span) = request.span else { return Ok(None) };
    let key = params![request.workspace, span.broadcast, request.shard, span.from, span.to];
    let live: Vec<(i64, ContactId)> = tx.query(LIVE, &key, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let body = Multicast::parse(&request.body)?;
    if live.len() != body.to.len() || live.len() < 2 {
        tracing::error!(request = %request.id, ledger = live.len(), body = body.to.len(), "a refused multicast cannot be cut");
        return Ok(None);
    }
    let part = |to: &[Cow<'_, str>], span: Span| -> Result<Request> {
        let recipients = i64::try_from(to.len()).unwrap_or(i64::MAX);
        Ok(Request { id: RequestId::new(at), span: Some(span), recipients, body: body.to_some(to), ..request.rekeyed(at) })
    };
    match cut {
        Cut::Without(index) => {
            let Some((pos, contact)) = live.get(index) else { return Ok(None) };
            let row = params![request.workspace, span.broadcast, request.shard, *pos, contact, Reason::LineRefused, at];
            tx.execute(EXCEPT_ONE, &row)?;
            tx.execute(UNSEND_ONE, &params![request.workspace, contact, span.broadcast])?;
            let mut others = body.to.clone();
            others.remove(index);
            Ok(Some(vec![part(&others, span)?]))
        }
        Cut::Halves => {
            let middle = live.len() / 2;
            let at_pos = live[middle].0;
            let (left, right) = body.to.split_at(middle);
            Ok(Some(vec![part(left, Span { to: at_pos, ..span })?, part(right, Span { from: at_pos, ..span })?]))
        }
    }
}

/// LINE said that the month is full: what is being sent on this channel waits for staff.
pub(crate) fn pause_for_quota(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, at: i64) -> Result<()> {
    let paused = tx.query(PAUSE_FOR_QUOTA, &params![workspace, channel, at], |row| row.get::<Uuid>(0))?;
    tx.execute_many(CHANGED, paused.iter().map(|id| params![workspace, *id, at]))?;
    if paused.is_empty() { Ok(()) } else { watch::hurry(tx, workspace, at) }
}

/// One shard of a broadcast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number.
    pub shard: i64,
    /// The snapshot has seen contacts up to here.
    pub cursor: Option<Uuid>,
    /// Recipients.
    pub total: i64,
    /// All below is fixed or excepted.
    pub next_pos: i64,
    /// Recipients LINE has.
    pub accepted: i64,
    /// Recipients nobody knows of.
    pub unknown: i64,
}

/// The shards of a broadcast in order; none before its snapshot begins.
///
/// # Errors
/// The database's.
pub fn shards(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<Vec<Shard>> {
    Ok(tx.query(SHARDS_OF, &params![workspace, id], |row| {
        Ok(Shard {
            shard: row.get(0)?,
            cursor: row.get(1)?,
            total: row.get(2)?,
            next_pos: row.get(3)?,
            accepted: row.get(4)?,
            unknown: row.get(5)?,
        })
    })?)
}

pub(super) fn make_shards(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<()> {
    tx.insert_many(&SHARD_ROWS, (0..SHARDS).map(|shard| params![workspace, id, shard, None::<Uuid>, 0, 0, 0, 0]))?;
    Ok(())
}
