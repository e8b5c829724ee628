//! バックアップ: copies of the whole installation – the database and the media – in a folder each, and their daily round.
//!
//! A copy is of the installation, not of a workspace: it is in the hands of the workspace that was there first, and leaves
//! the machine by the admin only where there is no other. The key that opens what is sealed in it is never copied. Putting
//! one back replaces everything and stays on the command line (`enishi restore`).

mod db;
mod decide;
mod files;
pub mod tar;

pub use db::{Running, STATEMENTS, Standing, begin, running, schedule, set_schedule, standing};
pub use decide::{Health, Schedule, is_due};
pub use files::{Backup, Progress, copy_tree, list, write};

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use store::Dialect;

use crate::engine::Engine;
use crate::ids::WorkspaceId;
use crate::task::{Task, db as tasks};
use crate::workspace::Catalog;
use crate::{Error, Result};

/// How often the page hears how far a copy is (machine time).
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Where copies of this installation stand.
pub fn folder(engine: &Engine) -> PathBuf {
    engine.settings.data_dir.join("backups")
}

/// Makes a copy, then drops what is beyond the number to keep.
///
/// # Errors
/// The database's, or the disk's.
pub(crate) async fn run(engine: &Arc<Engine>, task: &Task) -> Result<Option<String>> {
    let (workspace, catalogs) = (task.workspace, engine.catalogs.clone());
    let (catalog, keep) =
        engine.store.read(move |tx| Ok::<_, Error>((catalogs.get(tx, workspace)?, schedule(tx, workspace)?.keep))).await?;
    let now = engine.clock.now_ms();
    let place = folder(engine).join(decide::name_of(now, &catalog.zone));
    let progress = Arc::new(Progress::default());
    let (store, data, told) = (engine.store.clone(), engine.settings.data_dir.clone(), progress.clone());
    let mut work = tokio::spawn(async move { write(&store, &data, &place, now, told).await });
    let made = loop {
        match tokio::time::timeout(TOLD_EVERY, &mut work).await {
            Ok(done) => break done.map_err(|_| Error::conflict("conflict", "the copy was broken off"))??,
            Err(_) => tell(engine, task, &progress).await?,
        }
    };
    files::prune(&folder(engine), usize::try_from(keep).unwrap_or(1));
    Ok(Some(serde_json::json!({ "name": made.name, "bytes": made.bytes }).to_string()))
}

async fn tell(engine: &Engine, task: &Task, progress: &Progress) -> Result<()> {
    let of = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (done, total) = (of(progress.done.load(Relaxed)), of(progress.total.load(Relaxed)));
    let (task, node) = (task.clone(), engine.node);
    if engine.store.write(move |tx| tasks::keep(tx, &task, node, done, total)).await? { Ok(()) } else { Err(Error::Raced) }
}

/// Begins the day's copy when its hour has come and there is none yet.
///
/// # Errors
/// The database's.
pub(crate) async fn keep_daily(engine: &Engine, catalog: &Catalog, now: i64) -> Result<()> {
    let workspace = catalog.workspace;
    if engine.store.dialect() == Dialect::Postgres {
        return Ok(());
    }
    let (wanted, standing) =
        engine.store.read(move |tx| Ok::<_, Error>((schedule(tx, workspace)?, standing(tx, workspace)?))).await?;
    let newest = list(&folder(engine)).first().map(|one| one.made_at);
    if standing.is_keeper && is_due(&wanted, newest, now, &catalog.zone) {
        engine.store.write(move |tx| db::queue(tx, workspace, now)).await?;
        engine.hints.tasks.notify_one();
    }
    Ok(())
}

/// How the daily copy fares; `None` where this workspace takes none.
///
/// # Errors
/// The database's.
pub(crate) async fn health(engine: &Engine, catalog: &Catalog) -> Result<Option<Health>> {
    let (workspace, now) = (catalog.workspace, engine.clock.now_ms());
    if engine.store.dialect() == Dialect::Postgres {
        return Ok(None);
    }
    let known = engine.store.read(move |tx| {
        let daily = standing(tx, workspace)?.is_keeper && schedule(tx, workspace)?.hour.is_some();
        Ok::<_, Error>((daily, db::latest(tx, workspace)?, running(tx, workspace)?))
    });
    let (daily, latest, newest) = known.await?;
    let waits = newest.filter(|one| one.error.is_none() && matches!(one.state.as_str(), "queued" | "running"));
    let made = list(&folder(engine)).first().map(|one| one.made_at);
    Ok(daily.then(|| Health::of(made, latest, waits.map(|one| one.created_at), now)))
}

/// The newest copy, if there is any.
pub fn newest(engine: &Engine) -> Option<Backup> {
    list(&folder(engine)).into_iter().next()
}

/// A copy of this name, for the one workspace of an installation that has no other.
///
/// # Errors
/// [`Error::NotFound`], also where there are others.
pub async fn find(engine: &Engine, workspace: WorkspaceId, name: &str) -> Result<PathBuf> {
    let standing = engine.store.read(move |tx| standing(tx, workspace)).await?;
    let known = list(&folder(engine)).into_iter().find(|one| one.name == name).filter(|_| standing.is_alone);
    known.map(|one| folder(engine).join(one.name)).ok_or(Error::NotFound)
}
