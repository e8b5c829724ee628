//! What a broadcast brought: figures beside the counts.

use std::collections::BTreeMap;

use serde::Serialize;
use store::{Tx, params};

use super::insight::{self, Insight};
use super::{Broadcast, Method, again, counts, fate};
use crate::Result;
use crate::delivery::Reason;
use crate::ids::{BroadcastId, WorkspaceId};

const DAY_MS: i64 = 86_400_000;

const BLOCKS: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN f.changed_at - s.at < $5 THEN 1 ELSE 0 END), 0) AS BIGINT)
    FROM friendships f
    JOIN contact_sends s ON s.workspace_id = f.workspace_id AND s.contact_id = f.contact_id
      AND s.at > f.changed_at - $6 AND s.at <= f.changed_at AND s.broadcast_id = $7
    WHERE f.workspace_id = $1 AND f.channel_id = $2 AND f.state = 'blocked' AND f.changed_at >= $3 AND f.changed_at < $4";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[BLOCKS];

/// Who blocked the account after a broadcast, and has not come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = BroadcastBlocks)]
pub struct Blocks {
    /// Within 24 hours of getting it.
    pub in_24h: i64,
    /// Within 72 hours of getting it.
    pub in_72h: i64,
    /// When the 72 hours of the last recipient are over, Unix ms.
    pub until: i64,
}

/// Figures of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BroadcastResult {
    /// LINE's own figures; `None` before LINE was asked (an hour after the end).
    pub insight: Option<Insight>,
    /// Blocks; `None` for LINE's own call, whose recipients nobody knows.
    pub blocks: Option<Blocks>,
    /// How many a second try would be for.
    pub missed: i64,
    /// Who is left out of a second try, by reason.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub left_out: BTreeMap<Reason, i64>,
    /// The second try that stands already: who is still missed is tried again from there.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub second_try: Option<BroadcastId>,
}

/// Reads the figures.
///
/// # Errors
/// [`crate::Error::NotFound`]; the database's.
pub fn result(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId, now: i64) -> Result<BroadcastResult> {
    let broadcast = super::db::find(tx, workspace, id)?;
    let (missed, left_out) = fate::missed(&counts(tx, workspace, id)?);
    let insight = insight::find(tx, workspace, id)?;
    let second_try = again::second_try(tx, workspace, id)?.map(|(id, _)| id);
    Ok(BroadcastResult { insight, blocks: blocks(tx, &broadcast, now)?, missed, left_out, second_try })
}

fn blocks(tx: &mut Tx<'_>, broadcast: &Broadcast, now: i64) -> Result<Option<Blocks>> {
    let Some(from) = broadcast.started_at.filter(|_| broadcast.method == Method::Ledger) else { return Ok(None) };
    let until = broadcast.done_at.unwrap_or(now) + 3 * DAY_MS;
    let key = params![broadcast.workspace, broadcast.channel_id, from, until, DAY_MS, 3 * DAY_MS, broadcast.id];
    let (in_72h, in_24h) = tx.query_one(BLOCKS, &key, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Some(Blocks { in_24h, in_72h, until }))
}
