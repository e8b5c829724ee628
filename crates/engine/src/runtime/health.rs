//! システム: the facts staff look at when something feels wrong, of this workspace and of the machine, each with a light.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use store::{Dialect, Tx, params};

use super::signs::{Facts, Sign, judge};
use crate::engine::Engine;
use crate::ids::{ChannelId, WorkspaceId};
use crate::workspace::{Catalog, Mode};
use crate::{Error, Result, backup, clock, files};

const HOUR_MS: i64 = 60 * 60 * 1000;
/// Hours that are drawn.
const HOURS: i64 = 24;
/// Webhook events counted at most: the newest.
const COUNTED: i64 = 50_000;
/// Failures shown of each account.
const FAILURES: usize = 5;

/// How it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// One judged fact each, worst first.
    pub signs: Vec<Sign>,
    /// `sqlite` or `postgres`.
    pub store: &'static str,
    /// Bytes of the database; of its log, where it has one of its own; free on the disk of the files, where that can be asked.
    pub database_bytes: Option<i64>,
    /// See above.
    pub log_bytes: Option<i64>,
    /// See above.
    pub disk_free: Option<i64>,
    /// What waits, by lane.
    pub lanes: Vec<Lane>,
    /// Processes that work on this installation.
    pub nodes: Vec<Node>,
    /// LINE accounts of this workspace.
    pub accounts: Vec<Account>,
    /// Looked at, Unix ms of the domain clock.
    pub at: i64,
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = HealthLane)]
pub struct Lane {
    /// `reception`, `tasks`, or the 種別 of deliveries.
    pub name: String,
    /// How many are due.
    pub count: i64,
    /// Since when the oldest, Unix ms.
    pub oldest_at: Option<i64>,
}

/// A process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = HealthNode)]
pub struct Node {
    /// Its id.
    pub id: uuid::Uuid,
    /// Shards it works on.
    pub shards: i64,
    /// It is the one that answers.
    pub here: bool,
}

/// A LINE account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = HealthAccount)]
pub struct Account {
    /// Which.
    #[schema(value_type = uuid::Uuid)]
    pub channel_id: ChannelId,
    /// Whether its webhooks come here at all.
    pub listens: bool,
    /// When LINE was last heard, Unix ms; `None`: never.
    pub heard_at: Option<i64>,
    /// Events from LINE by hour, 24 of them, the last one is the present hour.
    pub received: Vec<i64>,
    /// What LINE refused last, newest first, at most five of the last seven days.
    pub failures: Vec<Failure>,
}

/// Something LINE did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = HealthFailure)]
pub struct Failure {
    /// Unix ms.
    pub at: i64,
    /// LINE's status, if it answered.
    pub status: Option<i64>,
    /// What it said.
    pub error: String,
    /// How many people it was for.
    pub recipients: i64,
}

const PENDING: &str = "SELECT e.received_at FROM pending p
    JOIN events e ON e.workspace_id = p.workspace_id AND e.id = p.event_id
    WHERE p.workspace_id = $1 AND p.parked_at IS NULL ORDER BY p.id LIMIT 1";
const PENDING_COUNT: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM pending
    WHERE workspace_id = $1 AND parked_at IS NULL LIMIT 100000) p";
const PARKED: &str = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM pending
    WHERE workspace_id = $1 AND parked_at IS NOT NULL LIMIT 10000) p";
/// By `tasks_due`, the oldest first.
const TASKS: &str = "SELECT COUNT(*), MIN(due_at) FROM (SELECT due_at FROM tasks
    WHERE workspace_id = $1 AND state IN ('queued', 'running') AND due_at > 0 AND due_at <= $2
    ORDER BY due_at LIMIT 100000) t";
/// By `deliveries_due`, of each account so many at most.
const QUEUED: &str = "SELECT CAST(COALESCE(SUM(q.waiting), 0) AS BIGINT), MIN(q.oldest) FROM (SELECT
      (SELECT COUNT(*) FROM (SELECT 1 AS one FROM deliveries d WHERE d.channel_id = c.id AND d.lane = $2
        AND d.state = 'queued' AND d.due_at <= $3 AND d.workspace_id = $1 LIMIT 100000) n) AS waiting,
      (SELECT d.due_at FROM deliveries d WHERE d.channel_id = c.id AND d.lane = $2
        AND d.state = 'queued' AND d.due_at <= $3 AND d.workspace_id = $1 ORDER BY d.due_at LIMIT 1) AS oldest
    FROM channels c WHERE c.workspace_id = $1) q";
const NODES: &str = "SELECT owner, COUNT(*) FROM leases WHERE owner IS NOT NULL AND name LIKE 'shard/%'
    GROUP BY owner ORDER BY owner LIMIT 50";
const HEARD: &str = "SELECT channel_id, webhook_at FROM channel_pulses WHERE workspace_id = $1";
const RECEIVED: &str = "SELECT channel_id, occurred_at / 3600000, COUNT(*), MIN(received_at - occurred_at)
    FROM (SELECT channel_id, occurred_at, received_at FROM events
      WHERE workspace_id = $1 AND id >= $2 AND source = 'line' AND channel_id IS NOT NULL ORDER BY id DESC LIMIT $3) r
    GROUP BY channel_id, occurred_at / 3600000";
/// By `requests_failed`.
const FAILED: &str = "SELECT done_at, status, error, recipients FROM requests
    WHERE workspace_id = $1 AND channel_id = $2 AND state IN ('failed', 'unknown') AND done_at >= $3
    ORDER BY done_at DESC LIMIT $4";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[PENDING, PENDING_COUNT, PARKED, TASKS, QUEUED, NODES, HEARD, RECEIVED, FAILED];

/// What is read in one look at the database.
#[derive(Clone, Default)]
struct Read {
    lanes: Vec<Lane>,
    nodes: Vec<(uuid::Uuid, i64)>,
    accounts: Vec<Account>,
    parked: i64,
    /// The database's clock.
    clock: i64,
    /// The least that an event from LINE was older than its arrival in the last hours.
    lag: Option<i64>,
    keeps: bool,
}

/// Looks.
///
/// # Errors
/// The database's.
pub async fn health(engine: &Arc<Engine>, workspace: WorkspaceId) -> Result<Health> {
    let now = engine.clock.now_ms();
    let catalogs = engine.catalogs.clone();
    let read = engine
        .store
        .read(move |tx| {
            let catalog = catalogs.get(tx, workspace)?;
            read(tx, &catalog, now)
        })
        .await?;
    let footprint = engine.store.footprint().await.ok();
    let folder = engine.settings.data_dir.clone();
    let free = tokio::task::spawn_blocking(move || files::free_space(&folder)).await.ok().and_then(std::result::Result::ok);
    let disk_free = free.and_then(|bytes| i64::try_from(bytes).ok());
    let copies = engine.clone();
    let newest = tokio::task::spawn_blocking(move || backup::newest(&copies)).await.ok().flatten();
    let sqlite = engine.store.dialect() == Dialect::Sqlite;
    let facts = Facts {
        now,
        disk_free,
        log_bytes: footprint.and_then(|size| size.log),
        lanes: &read.lanes,
        parked: read.parked,
        clock_off: clock::machine_ms() - read.clock,
        line_lag: read.lag.filter(|_| !engine.clock.is_stepped()),
        accounts: &read.accounts,
        newest_backup: newest.map(|one| one.made_at),
        keeps_backups: sqlite && read.keeps,
        waiting_writes: engine.store.stats().waiting,
    };
    Ok(Health {
        signs: judge(&facts),
        store: if sqlite { "sqlite" } else { "postgres" },
        database_bytes: footprint.map(|size| size.bytes),
        log_bytes: footprint.and_then(|size| size.log),
        disk_free,
        nodes: read.nodes.into_iter().map(|(id, shards)| Node { id, shards, here: id == engine.node.0 }).collect(),
        lanes: read.lanes,
        accounts: read.accounts,
        at: now,
    })
}

fn read(tx: &mut Tx<'_>, catalog: &Catalog, now: i64) -> Result<Read> {
    let workspace = catalog.workspace;
    let one = params![workspace];
    let mut lanes = vec![Lane {
        name: "reception".to_owned(),
        count: tx.query_one(PENDING_COUNT, &one, |row| row.get(0))?,
        oldest_at: tx.query_opt(PENDING, &one, |row| row.get(0))?,
    }];
    lanes.push(tx.query_one(TASKS, &params![workspace, now], |row| {
        Ok(Lane { name: "tasks".to_owned(), count: row.get(0)?, oldest_at: row.get(1)? })
    })?);
    for lane in crate::delivery::Lane::ALL {
        lanes.push(tx.query_one(QUEUED, &params![workspace, lane, now], |row| {
            Ok(Lane { name: lane.as_str().to_owned(), count: row.get(0)?, oldest_at: row.get(1)? })
        })?);
    }
    let (accounts, lag) = accounts(tx, catalog, now)?;
    Ok(Read {
        lanes,
        nodes: tx.query(NODES, &[], |row| Ok((row.get(0)?, row.get(1)?)))?,
        accounts,
        parked: tx.query_one(PARKED, &one, |row| row.get(0))?,
        clock: tx.now_ms()?,
        lag,
        keeps: backup::standing(tx, workspace)?.is_keeper,
    })
}

fn accounts(tx: &mut Tx<'_>, catalog: &Catalog, now: i64) -> Result<(Vec<Account>, Option<i64>)> {
    let workspace = catalog.workspace;
    let heard: BTreeMap<ChannelId, i64> =
        tx.query(HEARD, &params![workspace], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect();
    let first_hour = now / HOUR_MS - HOURS + 1;
    let from = u64::try_from(first_hour * HOUR_MS).unwrap_or(0);
    let from = uuid::Builder::from_unix_timestamp_millis(from, &[0; 10]).into_uuid();
    let received: Vec<(ChannelId, i64, i64, i64)> =
        tx.query(RECEIVED, &params![workspace, from, COUNTED], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let lag = received.iter().filter(|(_, hour, ..)| *hour >= now / HOUR_MS - 1).map(|row| row.3).min();
    let mut accounts = Vec::new();
    for channel in catalog.channels.values() {
        let mut hours = vec![0; usize::try_from(HOURS).unwrap_or(0)];
        for (_, hour, count, _) in received.iter().filter(|(of, ..)| *of == channel.id) {
            if let Some(place) = usize::try_from(hour - first_hour).ok().and_then(|n| hours.get_mut(n)) {
                *place += count;
            }
        }
        let key = params![workspace, channel.id, now - 7 * HOURS * HOUR_MS, i64::try_from(FAILURES).unwrap_or(5)];
        let failures = tx.query(FAILED, &key, |row| {
            Ok(Failure {
                at: row.get(0)?,
                status: row.get(1)?,
                error: row.get::<Option<String>>(2)?.unwrap_or_default(),
                recipients: row.get(3)?,
            })
        })?;
        accounts.push(Account {
            channel_id: channel.id,
            listens: channel.mode == Mode::Full,
            heard_at: heard.get(&channel.id).copied(),
            received: hours,
            failures,
        });
    }
    Ok::<_, Error>((accounts, lag))
}
