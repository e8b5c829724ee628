//! The facts notices are judged by, in a few set-based queries.

use std::collections::BTreeMap;

use store::{Tx, params};

use super::decide::{Account, Facts};
use crate::Result;
use crate::broadcast;
use crate::delivery::quota;
use crate::ids::{ChannelId, WorkspaceId};
use crate::insight::{Day, Metric, day_of};
use crate::workspace::{Catalog, view};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Days that tell what is usual.
const USUAL_DAYS: i64 = 28;
/// A task that was tried this often does not work.
const TRIES: i64 = 5;

const PULSES: &str = "SELECT channel_id, webhook_at FROM channel_pulses WHERE workspace_id = $1";
const PULSE: &str = "INSERT INTO channel_pulses (workspace_id, channel_id, webhook_at) VALUES ($1, $2, $3)
    ON CONFLICT (workspace_id, channel_id) DO UPDATE SET webhook_at = excluded.webhook_at
      WHERE excluded.webhook_at > channel_pulses.webhook_at";
const FRIENDS: &str = "SELECT channel_id, count FROM friend_counts WHERE workspace_id = $1 AND state = 'friend'";
const FIGURES: &str = "SELECT channel_id, day, metric, CAST(SUM(count) AS BIGINT) FROM figures
    WHERE workspace_id = $1 AND day >= $2 AND day <= $3 AND metric IN ('blocked', 'failed', 'unknown')
    GROUP BY channel_id, day, metric";
const SINCE: &str = "SELECT MIN(day) FROM figures WHERE workspace_id = $1 AND day > 0";
const HANGING: &str =
    "SELECT COUNT(*) FROM (SELECT 1 AS one FROM tasks WHERE workspace_id = $1 AND state IN ('queued', 'running')
    AND due_at IS NOT NULL AND (due_at < $2 AND due_at > 0 OR attempts >= $3) LIMIT 1000) t";
const GIVEN_UP: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM tasks
    WHERE workspace_id = $1 AND id >= $2 AND state = 'failed' LIMIT 1000) t";
const PARKED: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM pending
    WHERE workspace_id = $1 AND parked_at IS NOT NULL LIMIT 10000) p";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[PULSES, PULSE, FRIENDS, FIGURES, SINCE, HANGING, GIVEN_UP, PARKED];

/// Notes that an account heard from LINE. Called at most once a minute and account.
///
/// # Errors
/// The database's.
pub fn pulse(tx: &mut Tx<'_>, workspace: WorkspaceId, channel: ChannelId, at: i64) -> Result<()> {
    tx.execute(PULSE, &params![workspace, channel, at])?;
    Ok(())
}

/// A workspace as it stands, but for its copies on the disk.
pub(super) fn facts(tx: &mut Tx<'_>, catalog: &Catalog, stuck_minutes: i64, now: i64) -> Result<Facts> {
    let workspace = catalog.workspace;
    let today = day_of(now, &catalog.zone);
    let first = today.plus(-USUAL_DAYS);
    let pair = |sql: &str, tx: &mut Tx<'_>| -> Result<BTreeMap<ChannelId, i64>> {
        Ok(tx.query(sql, &params![workspace], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
    };
    let (pulses, friends) = (pair(PULSES, tx)?, pair(FRIENDS, tx)?);
    let figures: Vec<(ChannelId, Day, Metric, i64)> = tx.query(FIGURES, &params![workspace, first.0, today.0], |row| {
        Ok((row.get(0)?, Day(row.get(1)?), row.get(2)?, row.get(3)?))
    })?;
    let since = tx.query_one(SINCE, &params![workspace], |row| row.get::<Option<i64>>(0))?.map_or(today, Day);
    let usual_days = (today.0 - since.max(first).0).max(0);
    let month = quota::month_of(now);
    let quotas = view::quotas(tx, workspace, month)?;
    let sum = |channel: ChannelId, wanted: &[Metric], from: Day, to: Day| -> i64 {
        let fits = |(of, day, metric, _): &&(ChannelId, Day, Metric, i64)| {
            *of == channel && *day >= from && *day < to && wanted.contains(metric)
        };
        figures.iter().filter(fits).map(|(.., n)| n).sum()
    };
    let accounts = catalog.channels.values().map(|channel| Account {
        channel: channel.id,
        name: channel.name.clone(),
        listens: channel.mode.receives(),
        since: channel.reception_at.unwrap_or(channel.created_at),
        heard_at: pulses.get(&channel.id).copied(),
        friends: friends.get(&channel.id).copied().unwrap_or(0),
        failed: sum(channel.id, &[Metric::Failed, Metric::Unknown], today, today.plus(1)),
        blocked: sum(channel.id, &[Metric::Blocked], today, today.plus(1)),
        usual: (sum(channel.id, &[Metric::Blocked], first, today), usual_days),
        quota: quotas.get(&channel.id).and_then(|row| Some((month, row.limit?, row.used + row.reserved))),
    });
    Ok(Facts {
        accounts: accounts.collect(),
        stuck: stuck(tx, workspace, stuck_minutes, now)?,
        parked: tx.query_one(PARKED, &params![workspace], |row| row.get(0))?,
        held: broadcast::held_up(tx, workspace)?,
        backup: None,
    })
}

fn stuck(tx: &mut Tx<'_>, workspace: WorkspaceId, minutes: i64, now: i64) -> Result<i64> {
    let hanging: i64 = tx.query_one(HANGING, &params![workspace, now - minutes * 60_000, TRIES], |row| row.get(0))?;
    let yesterday = u64::try_from(now - DAY_MS).unwrap_or(0);
    let from = uuid::Builder::from_unix_timestamp_millis(yesterday, &[0; 10]).into_uuid();
    let given_up: i64 = tx.query_one(GIVEN_UP, &params![workspace, from], |row| row.get(0))?;
    Ok(hanging + given_up)
}
