//! The regular look at a workspace: what staff must hear of, months that are over, figures that drifted.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use store::{Tx, params};

use super::decide::{Facts, judge};
use super::{Rules, db, facts};
use crate::asset::files as assets;
use crate::clock::{Clock, machine_ms};
use crate::engine::Engine;
use crate::ids::{TaskId, WorkspaceId};
use crate::insight::{self, day_of, report};
use crate::task::{self, NewTask, Task, TaskKind, Trouble};
use crate::workspace::{self, Catalog};
use crate::{Error, Result, backup, bulk, reception, takeout};

/// Looks come this often.
const LOOK_MS: i64 = 10 * 60 * 1000;
/// On a clock that is stepped through months, each look is a step of its own.
const LOOK_STEPPED_MS: i64 = 24 * 60 * 60 * 1000;
/// A day's clickers are kept this long: clicks that come late still count their people once.
const CLICK_DAYS: i64 = 3;
/// Rows deleted in one transaction.
const DELETED: i64 = 5_000;
/// Such transactions in one look at most.
const PIECES: usize = 200;
/// Bodies are larger: up to 500 recipients and five messages each.
const BODIES: i64 = 500;

const OLD_CLICKS: &str = "DELETE FROM click_days WHERE workspace_id = $1 AND (day, channel_id, contact_id) IN (
    SELECT day, channel_id, contact_id FROM click_days WHERE workspace_id = $1 AND day < $2 LIMIT $3)";

/// What was said is sent again under its key for less than a day; LINE knows the key no longer than that.
const BODY_MS: i64 = 48 * 60 * 60 * 1000;
/// Finished work that no page lists is kept so long.
const TASK_MS: i64 = 30 * 24 * 60 * 60 * 1000;
const UNLISTED: [TaskKind; 10] = [
    TaskKind::Profile,
    TaskKind::Content,
    TaskKind::MarkRead,
    TaskKind::LinkCheck,
    TaskKind::Notice,
    TaskKind::Quota,
    TaskKind::Webhook,
    TaskKind::RichMenu,
    TaskKind::CouponCheck,
    TaskKind::Erase,
];
const OLD_BODIES: &str = "UPDATE requests SET body = NULL WHERE workspace_id = $1 AND state <> 'open' AND id IN (
    SELECT r.id FROM requests r WHERE r.workspace_id = $1 AND r.done_at < $2 AND r.body IS NOT NULL LIMIT $3)";
const OLD_TASKS: &str = "DELETE FROM tasks WHERE workspace_id = $1 AND id IN (
    SELECT t.id FROM tasks t WHERE t.workspace_id = $1 AND t.state = 'done' AND t.kind = $4 AND t.done_at < $2 LIMIT $3)";

/// A write with a key may be repeated for so long (machine time).
pub const ANSWER_MS: i64 = 24 * 60 * 60 * 1000;
const OLD_ANSWERS: &str = "DELETE FROM idempotency WHERE workspace_id = $1 AND key IN (
    SELECT i.key FROM idempotency i WHERE i.workspace_id = $1 AND i.at < $2 LIMIT $3)";

// The first condition is the index's own.
const HURRY: &str = "UPDATE tasks SET due_at = $2 WHERE workspace_id = $1 AND key <> '' AND state IN ('queued', 'running')
    AND kind = 'watch' AND key = 'regular' AND state = 'queued' AND due_at > $2";

/// An upload that nobody has written to for so long does not go on.
const UPLOAD_MS: i64 = 24 * 60 * 60 * 1000;

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[OLD_CLICKS, OLD_BODIES, OLD_TASKS, OLD_ANSWERS, HURRY];

/// Queues the regular look at each of these workspaces, once.
///
/// # Errors
/// The database's.
pub(crate) fn watch_regularly(tx: &mut Tx<'_>, workspaces: &[WorkspaceId], now: i64) -> Result<()> {
    let look = |workspace: &WorkspaceId| NewTask {
        id: TaskId::new(now),
        workspace: *workspace,
        kind: TaskKind::Watch,
        key: "regular".to_owned(),
        payload: serde_json::json!({ "regular": true }),
        due_at: 0,
    };
    task::db::queue(tx, &workspaces.iter().map(look).collect::<Vec<_>>(), now)
}

/// Looks at once: something has just happened that staff wait to hear of.
///
/// # Errors
/// The database's.
pub(crate) fn hurry(tx: &mut Tx<'_>, workspace: WorkspaceId, now: i64) -> Result<()> {
    tx.execute(HURRY, &params![workspace, now])?;
    Ok(())
}

/// When the next look comes: in a while, or when the workspace's month turns.
pub(crate) fn next_look(clock: &Clock, catalog: &Catalog, now: i64) -> i64 {
    let every = if clock.is_stepped() { LOOK_STEPPED_MS } else { LOOK_MS };
    let turn = day_of(now, &catalog.zone).month().end().start(&catalog.zone);
    (now + every).min(turn.max(now + 1))
}

/// The rules of a workspace.
///
/// # Errors
/// The database's.
pub fn rules(tx: &mut Tx<'_>, workspace: WorkspaceId) -> Result<Rules> {
    Ok(workspace::kept(tx, workspace, "notices")?.value)
}

/// One look.
pub(crate) async fn run(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>, Trouble> {
    look(engine, task.workspace).await.map(|()| None).map_err(|error| Trouble::from((task, error)))
}

/// Looks, and writes what it found.
///
/// # Errors
/// The database's.
pub async fn look(engine: &Arc<Engine>, workspace: WorkspaceId) -> Result<()> {
    let now = engine.clock.now_ms();
    let catalogs = engine.catalogs.clone();
    let catalog = engine.store.read(move |tx| catalogs.get(tx, workspace)).await?;
    // First of all: a copy that is missing because nothing ran is begun now, and is no news.
    backup::keep_daily(engine, &catalog, now).await?;
    let (of, backup) = (catalog.clone(), backup::health(engine, &catalog).await?);
    let found = engine.store.read(move |tx| {
        let rules = rules(tx, workspace)?;
        let facts = facts::facts(tx, &of, rules.stuck_minutes.map_or(30, i64::from), now)?;
        Ok::<_, Error>(judge(&rules, &Facts { backup, ..facts }, now))
    });
    let found = found.await?;
    engine.store.write(move |tx| db::reconcile(tx, workspace, &found, now)).await?;
    engine.hints.tasks.notify_one();
    keep_months(engine, &catalog, now).await?;
    tidy(engine, &catalog, now).await
}

async fn keep_months(engine: &Engine, catalog: &Arc<Catalog>, now: i64) -> Result<()> {
    let of = catalog.clone();
    for month in engine.store.read(move |tx| report::missing(tx, &of, now)).await? {
        let of = catalog.clone();
        let body = engine.store.read(move |tx| report::body_of(tx, &of, month, now)).await?;
        let of = catalog.clone();
        engine.store.write(move |tx| report::keep(tx, &of, month, &body, now)).await?;
    }
    Ok(())
}

/// Drops what is kept for a while only. Counts are mended once a day: erased and merged contacts leave them behind.
async fn tidy(engine: &Engine, catalog: &Arc<Catalog>, now: i64) -> Result<()> {
    let workspace = catalog.workspace;
    drop_old(engine, catalog, now).await?;
    takeout::tidy(engine, workspace, now).await?;
    for channel in catalog.channels.values() {
        reception::tidy(engine, channel, now).await?;
    }
    engine.store.write(move |tx| bulk::give_up_abandoned(tx, workspace, now)).await?;
    let hour = (now - day_of(now, &catalog.zone).start(&catalog.zone)) / (60 * 60 * 1000);
    // The hours in which a shop sleeps; a stepped clock may skip them.
    if hour != 3 && !engine.clock.is_stepped() {
        return Ok(());
    }
    sweep_uploads(engine).await;
    for channel in catalog.channels.keys().copied() {
        let drift = engine.store.read(move |tx| insight::drift(tx, workspace, channel)).await?;
        if !drift.is_empty() {
            engine.store.write(move |tx| insight::correct(tx, (workspace, channel), &drift, now)).await?;
        }
    }
    Ok(())
}

/// Files have the machine's time on them, whatever the clock says.
async fn sweep_uploads(engine: &Engine) {
    let data = engine.settings.data_dir.clone();
    let age = Duration::from_millis(u64::try_from(machine_ms() - UPLOAD_MS).unwrap_or(0));
    let swept = tokio::task::spawn_blocking(move || assets::sweep(&data, SystemTime::UNIX_EPOCH + age)).await;
    if let Ok(files @ 1..) = swept {
        tracing::info!(files, "uploads that were broken off are deleted");
    }
}

async fn drop_old(engine: &Engine, catalog: &Arc<Catalog>, now: i64) -> Result<()> {
    let (workspace, day) = (catalog.workspace, day_of(now, &catalog.zone).plus(-CLICK_DAYS));
    in_pieces(engine, move |tx| tx.execute(OLD_CLICKS, &params![workspace, day.0, DELETED])).await?;
    in_pieces(engine, move |tx| tx.execute(OLD_BODIES, &params![workspace, now - BODY_MS, BODIES])).await?;
    let answers = machine_ms() - ANSWER_MS;
    in_pieces(engine, move |tx| tx.execute(OLD_ANSWERS, &params![workspace, answers, BODIES])).await?;
    for kind in UNLISTED {
        in_pieces(engine, move |tx| tx.execute(OLD_TASKS, &params![workspace, now - TASK_MS, DELETED, kind])).await?;
    }
    Ok(())
}

/// The same again and again until nothing is left to do or it is time for the next look, letting everybody else go first.
async fn in_pieces(engine: &Engine, piece: impl Fn(&mut Tx<'_>) -> store::Result<u64> + Copy + Send + 'static) -> Result<()> {
    for _ in 0..PIECES {
        if engine.store.write_last(move |tx| Ok::<_, Error>(piece(tx)?)).await? == 0 {
            break;
        }
    }
    Ok(())
}
