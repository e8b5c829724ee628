//! Online copies of a SQLite file.

use std::fs::File;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::clock::Clock;
use crate::{Error, Result, sqlite};

/// Pages copied per step; writers are never kept waiting, but other readers of the disk are.
const PAGES: i32 = 1_024;

/// Copies the database `from` into the new file `to`, and reads the copy through. A half-made or broken copy is removed.
pub(crate) fn copy(from: &Path, to: &Path, told: impl Fn(u64, u64)) -> Result<()> {
    let file = |source| Error::File { path: to.to_owned(), source };
    File::create_new(to).map_err(file)?;
    let copied = copy_pages(from, to, told).and_then(|()| File::open(to).and_then(|copy| copy.sync_all()).map_err(file));
    if copied.is_err()
        && let Err(error) = std::fs::remove_file(to)
    {
        tracing::warn!(%error, path = %to.display(), "a broken backup could not be removed");
    }
    copied
}

/// SQLite's own look at every page.
fn check(copy: &Connection) -> Result<()> {
    let said: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sqlite::trouble)?;
    if said == "ok" { Ok(()) } else { Err(Error::Corrupt { detail: said }) }
}

fn copy_pages(from: &Path, to: &Path, told: impl Fn(u64, u64)) -> Result<()> {
    let source = sqlite::reading(from, Clock::start())?;
    // One snapshot for the whole copy: without it every write beside us would start the copy from its beginning.
    source.hold_snapshot()?;
    let mut target = Connection::open(to).map_err(sqlite::trouble)?;
    let backup = Backup::new(source.connection(), &mut target).map_err(sqlite::trouble)?;
    loop {
        let step = backup.step(PAGES).map_err(sqlite::trouble)?;
        let (total, left) = (backup.progress().pagecount, backup.progress().remaining);
        told(u64::try_from(total - left).unwrap_or(0), u64::try_from(total).unwrap_or(0));
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            // Somebody checkpoints; step again.
            _ => std::thread::yield_now(),
        }
    }
    drop(backup);
    check(&target)
}
