//! LINE's own figures of a broadcast: how many saw it. LINE counts by unit (pushes and multicasts) or by request (its own
//! broadcast call), tells nothing about fewer than 20 people, and goes on counting for 14 days.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use line::client::MessageInsight;
use serde::Serialize;
use serde_json::json;
use store::{Tx, params};

use super::Broadcast;
use crate::Result;
use crate::ids::{BroadcastId, TaskId, WorkspaceId};
use crate::task::{self, NewTask, TaskKind};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// LINE counts so long ("updated for 14 days", Messaging API reference, insight).
const COUNTS_MS: i64 = 14 * DAY_MS;

const FIND: &str =
    "SELECT delivered, seen, clicked, fetched_at FROM broadcast_insights WHERE workspace_id = $1 AND broadcast_id = $2";
const KEEP: &str =
    "INSERT INTO broadcast_insights (workspace_id, broadcast_id, delivered, seen, clicked, fetched_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (workspace_id, broadcast_id) DO UPDATE SET delivered = excluded.delivered, seen = excluded.seen,
      clicked = excluded.clicked, fetched_at = excluded.fetched_at";
const CALL: &str = "SELECT line_request_id FROM requests
    WHERE workspace_id = $1 AND broadcast_id = $2 AND endpoint = 'broadcast' AND state = 'accepted'";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[FIND, KEEP, CALL];

/// What LINE told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = BroadcastInsight)]
pub struct Insight {
    /// Messages LINE delivered; `None` below 20 people.
    pub delivered: Option<i64>,
    /// People who saw a bubble; `None` below 20 people.
    pub seen: Option<i64>,
    /// People who tapped a link; `None` below 20 people.
    pub clicked: Option<i64>,
    /// As of, Unix ms.
    pub fetched_at: i64,
}

/// The name under which LINE counts a broadcast's messages: 30 of `A-Za-z0-9_` at most, so three of 32 digits are left out.
pub fn unit(id: BroadcastId) -> String {
    let mut name = format!("b{}", id.0.simple());
    name.truncate(30);
    name
}

/// What LINE told last; `None` before it was asked.
///
/// # Errors
/// The database's.
pub fn find(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<Option<Insight>> {
    Ok(tx.query_opt(FIND, &params![workspace, id], |row| {
        Ok(Insight { delivered: row.get(0)?, seen: row.get(1)?, clicked: row.get(2)?, fetched_at: row.get(3)? })
    })?)
}

/// Keeps what LINE told.
///
/// # Errors
/// The database's.
pub fn keep(tx: &mut Tx<'_>, broadcast: &Broadcast, told: &MessageInsight, now: i64) -> Result<()> {
    let sums = &told.overview;
    let row = params![broadcast.workspace, broadcast.id, sums.delivered, sums.unique_impression, sums.unique_click, now];
    tx.execute(KEEP, &row)?;
    super::db::note_change(tx, broadcast.workspace, broadcast.id, now)
}

/// LINE's id of the one request of LINE's own broadcast call.
///
/// # Errors
/// The database's.
pub fn line_request(tx: &mut Tx<'_>, workspace: WorkspaceId, id: BroadcastId) -> Result<Option<String>> {
    Ok(tx.query_opt(CALL, &params![workspace, id], |row| row.get::<Option<String>>(0))?.flatten())
}

/// Queues the first look, an hour after the last message.
///
/// # Errors
/// The database's.
pub(super) fn queue(tx: &mut Tx<'_>, broadcast: &Broadcast, now: i64) -> Result<()> {
    let task = NewTask {
        id: TaskId::new(now),
        workspace: broadcast.workspace,
        kind: TaskKind::Insight,
        key: broadcast.id.to_string(),
        payload: json!({ "broadcast": broadcast.id, "ended_at": now }),
        due_at: now + HOUR_MS,
    };
    task::db::queue(tx, &[task], now)
}

/// When LINE is asked again; `None` when it counts no more.
pub fn next_look(ended_at: i64, now: i64) -> Option<i64> {
    let next = now + if now - ended_at < DAY_MS { 6 * HOUR_MS } else { DAY_MS };
    (next - ended_at <= COUNTS_MS + DAY_MS).then_some(next)
}

/// The days a broadcast is counted over, `yyyyMMdd` in UTC+9 as LINE wants them, at most 30 days apart.
pub fn days(broadcast: &Broadcast, now: i64) -> (String, String) {
    let from = broadcast.started_at.unwrap_or(broadcast.send_at);
    let day = |ms: i64| {
        let zone = TimeZone::fixed(offset(9));
        Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone).strftime("%Y%m%d").to_string()
    };
    (day(from), day(now.clamp(from, from + 29 * DAY_MS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broadcast::testing::draft;

    #[test]
    fn units_are_names_line_takes() {
        let name = unit(BroadcastId::new(1_700_000_000_000));
        assert!(name.len() == 30 && name.bytes().all(|b| b.is_ascii_alphanumeric()), "{name}");
        assert_ne!(name, unit(BroadcastId::new(1_700_000_000_000)));
    }

    #[test]
    fn it_looks_until_line_counts_no_more() {
        let (mut at, mut looks) = (HOUR_MS, 1);
        while let Some(next) = next_look(0, at) {
            assert!(next > at);
            (at, looks) = (next, looks + 1);
        }
        assert!(at >= COUNTS_MS && looks < 25, "{looks} looks until {at}");
        let broadcast = Broadcast { started_at: Some(1_763_737_200_000), ..draft() };
        assert_eq!(days(&broadcast, 1_763_737_200_000 + 60 * DAY_MS), ("20251122".to_owned(), "20251221".to_owned()));
    }
}
