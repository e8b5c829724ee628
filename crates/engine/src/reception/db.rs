//! SQL of where webhooks go, and of what was handed on.

use store::{Tx, params};

use super::{Forward, Plan, State};
use crate::access::db::Act;
use crate::ids::{ChannelId, TaskId, WorkspaceId};
use crate::workspace::Channel;
use crate::{Error, Result};

/// Writes a plan; the webhooks' way is changed at once.
///
/// # Errors
/// [`Error::NotFound`].
pub fn write_plan(tx: &mut Tx<'_>, act: &Act, channel: ChannelId, plan: &Plan) -> Result<()> {
    let forward = plan.forward.as_ref();
    let changed = tx.execute(
        "UPDATE channels SET mode = $3, previous_webhook = $4, forward_url = $5, forward_until = $6, reception_at = $7
         WHERE workspace_id = $1 AND id = $2",
        &params![
            act.workspace,
            channel,
            plan.mode,
            plan.previous.as_deref(),
            forward.map(|forward| forward.url.as_str()),
            forward.and_then(|forward| forward.until),
            act.at
        ],
    )?;
    if changed == 0 {
        return Err(Error::NotFound);
    }
    crate::workspace::db::bump_revision(tx, act.workspace)?;
    let detail = serde_json::json!({ "mode": plan.mode, "set": plan.set.is_some(), "forwards": forward.is_some() });
    act.note(tx, "channel.reception", channel.0, &detail)
}

/// Puts back what stood before a plan that LINE refused.
///
/// # Errors
/// The database's.
pub fn take_back(tx: &mut Tx<'_>, act: &Act, before: &Channel) -> Result<()> {
    let forward = before.forward.as_ref();
    tx.execute(
        "UPDATE channels SET mode = $3, previous_webhook = $4, forward_url = $5, forward_until = $6, reception_at = $7
         WHERE workspace_id = $1 AND id = $2",
        &params![
            act.workspace,
            before.id,
            before.mode,
            before.previous_webhook.as_deref(),
            forward.map(|forward| forward.url.as_str()),
            forward.and_then(|forward| forward.until),
            before.reception_at
        ],
    )?;
    crate::workspace::db::bump_revision(tx, act.workspace)?;
    act.note(tx, "channel.reception_refused", before.id.0, &serde_json::json!({ "mode": before.mode }))
}

/// Keeps the address that stood at LINE when the account was connected.
///
/// # Errors
/// The database's.
pub fn remember(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, address: &str) -> Result<()> {
    tx.execute(
        "UPDATE channels SET previous_webhook = $3 WHERE workspace_id = $1 AND id = $2",
        &params![workspace, channel, address],
    )?;
    crate::workspace::db::bump_revision(tx, workspace)
}

/// A body to be handed on.
pub(super) struct Kept<'a> {
    pub(super) workspace: WorkspaceId,
    pub(super) channel: ChannelId,
    pub(super) id: TaskId,
    pub(super) events: i64,
    pub(super) url: &'a str,
    pub(super) signature: &'a str,
    pub(super) sealed: &'a [u8],
}

/// Keeps a body; false when the same bytes were here before.
pub(super) fn insert(tx: &mut Tx<'_>, kept: &Kept<'_>, now: i64) -> Result<bool> {
    let inserted = tx.execute(
        "INSERT INTO forwards (workspace_id, channel_id, id, received_at, events, url, signature, body, state, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0) ON CONFLICT (workspace_id, channel_id, id) DO NOTHING",
        &params![kept.workspace, kept.channel, kept.id, now, kept.events, kept.url, kept.signature, kept.sealed],
    )?;
    Ok(inserted == 1)
}

/// Drops up to `limit` entries from before `before`, with their tasks; tells how many.
pub(super) fn purge(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, before: i64, limit: i64) -> Result<usize> {
    let old: Vec<uuid::Uuid> = tx.query(
        "SELECT id FROM forwards WHERE workspace_id = $1 AND channel_id = $2 AND received_at < $3 ORDER BY received_at LIMIT $4",
        &params![workspace, channel, before, limit],
        |row| row.get(0),
    )?;
    let dropped = old.len();
    if dropped == 0 {
        return Ok(0);
    }
    tx.execute(
        "DELETE FROM forwards WHERE workspace_id = $1 AND channel_id = $2 AND id = ANY($3)",
        &params![workspace, channel, old.clone()],
    )?;
    tx.execute(
        "DELETE FROM tasks WHERE workspace_id = $1 AND id = ANY($2) AND state IN ('done', 'failed')",
        &params![workspace, old],
    )?;
    Ok(dropped)
}

/// What the task hands on.
pub(super) struct Waiting {
    pub(super) url: String,
    pub(super) signature: String,
    pub(super) sealed: Vec<u8>,
}

/// A body that is not taken yet; `None` when nothing is left to do.
pub(super) fn waiting(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, id: TaskId) -> Result<Option<Waiting>> {
    let row: Option<(String, String, Option<Vec<u8>>)> = tx.query_opt(
        "SELECT url, signature, body FROM forwards WHERE workspace_id = $1 AND channel_id = $2 AND id = $3 AND state = 'waiting'",
        &params![workspace, channel, id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    Ok(row.and_then(|(url, signature, sealed)| Some(Waiting { url, signature, sealed: sealed? })))
}

/// How a try ended.
pub(super) struct Try<'a> {
    pub(super) state: State,
    pub(super) status: Option<i64>,
    pub(super) error: Option<&'a str>,
}

/// Writes down how a try ended; a body that was taken is dropped.
pub(super) fn tried(
    tx: &mut Tx<'_>,
    (workspace, channel, id): (WorkspaceId, ChannelId, TaskId),
    tried: &Try<'_>,
    now: i64,
) -> Result<()> {
    tx.execute(
        "UPDATE forwards SET state = $4, status = $5, error = $6, attempts = attempts + 1, done_at = $7,
           body = CASE WHEN $4 = 'done' THEN NULL ELSE body END
         WHERE workspace_id = $1 AND channel_id = $2 AND id = $3",
        &params![workspace, channel, id, tried.state, tried.status, tried.error, now],
    )?;
    Ok(())
}

/// Failed ones that may be tried again, the oldest first.
pub(super) fn failed(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, limit: i64) -> Result<Vec<TaskId>> {
    Ok(tx.query(
        "SELECT id FROM forwards WHERE workspace_id = $1 AND channel_id = $2 AND received_at > 0 AND state = 'failed' AND body IS NOT NULL
         ORDER BY received_at LIMIT $3",
        &params![workspace, channel, limit],
        |row| row.get(0),
    )?)
}

/// Makes failed ones wait again, and their tasks too.
pub(super) fn revive(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, ids: &[TaskId], now: i64) -> Result<()> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    tx.execute(
        "UPDATE forwards SET state = 'waiting' WHERE workspace_id = $1 AND channel_id = $2 AND id = ANY($3)",
        &params![workspace, channel, ids.clone()],
    )?;
    tx.execute(
        "UPDATE tasks SET state = 'queued', due_at = $3, attempts = 0, done_at = NULL WHERE workspace_id = $1 AND id = ANY($2) AND state = 'failed'",
        &params![workspace, ids, now],
    )?;
    Ok(())
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Forwarded {
    /// Id.
    pub id: TaskId,
    /// Came in, Unix ms.
    pub received_at: i64,
    /// Events in the body.
    pub events: i64,
    /// To whom.
    pub url: String,
    /// What became of it.
    pub state: State,
    /// Tries so far.
    pub attempts: i64,
    /// The old tool's last answer.
    pub status: Option<i64>,
    /// Why it was not taken.
    pub error: Option<String>,
    /// The last try, Unix ms.
    pub done_at: Option<i64>,
}

/// The log of a channel, the newest first, from before a place.
///
/// # Errors
/// The database's.
pub fn page(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    channel: ChannelId,
    before: Option<(i64, TaskId)>,
    limit: i64,
) -> Result<Vec<Forwarded>> {
    let (at, id) = before.unwrap_or((i64::MAX, TaskId::nil()));
    Ok(tx.query(
        "SELECT id, received_at, events, url, state, attempts, status, error, done_at FROM forwards
         WHERE workspace_id = $1 AND channel_id = $2 AND received_at <= $3 AND (received_at < $3 OR id < $4)
         ORDER BY received_at DESC, id DESC LIMIT $5",
        &params![workspace, channel, at, id, limit],
        |row| {
            Ok(Forwarded {
                id: row.get(0)?,
                received_at: row.get(1)?,
                events: row.get(2)?,
                url: row.get(3)?,
                state: row.get(4)?,
                attempts: row.get(5)?,
                status: row.get(6)?,
                error: row.get(7)?,
                done_at: row.get(8)?,
            })
        },
    )?)
}

/// How the latest fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ForwardFigures)]
pub struct Figures {
    /// Not taken yet.
    pub waiting: i64,
    /// Taken.
    pub done: i64,
    /// Given up.
    pub failed: i64,
}

/// Figures are of at most so many, the latest.
const COUNTED: i64 = 1_000;

/// How the latest since an instant fared; of a thousand at most.
///
/// # Errors
/// The database's.
pub fn figures(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, since: i64) -> Result<Figures> {
    let states: Vec<State> = tx.query(
        "SELECT state FROM forwards WHERE workspace_id = $1 AND channel_id = $2 AND received_at >= $3
         ORDER BY received_at DESC LIMIT $4",
        &params![workspace, channel, since, COUNTED],
        |row| row.get(0),
    )?;
    let count = |wanted| i64::try_from(states.iter().filter(|state| **state == wanted).count()).unwrap_or(0);
    Ok(Figures { waiting: count(State::Waiting), done: count(State::Done), failed: count(State::Failed) })
}

/// The columns of a channel that say where its webhooks are handed on to.
pub(crate) fn forward_of(url: Option<String>, until: Option<i64>) -> Option<Forward> {
    url.map(|url| Forward { url, until })
}
