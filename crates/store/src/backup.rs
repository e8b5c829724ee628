//! Online copies of a SQLite file.

use std::fs::File;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::clock::Clock;
use crate::{Error, Result, sqlite};

/// Pages copied per step; writers are never kept waiting, but other readers of the disk are.
const PAGES: i32 = 1_024;

/// Copies the database `from` into the new file `to`. A half-made copy is removed.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    let file = |source| Error::File { path: to.to_owned(), source };
    File::create_new(to).map_err(file)?;
    let copied = copy_pages(from, to).and_then(|()| File::open(to).and_then(|copy| copy.sync_all()).map_err(file));
    if copied.is_err()
        && let Err(error) = std::fs::remove_file(to)
    {
        tracing::warn!(%error, path = %to.display(), "a broken backup could not be removed");
    }
    copied
}

fn copy_pages(from: &Path, to: &Path) -> Result<()> {
    let source = sqlite::reading(from, Clock::start())?;
    // One snapshot for the whole copy: without it every write beside us would start the copy from its beginning.
    source.hold_snapshot()?;
    let mut target = Connection::open(to).map_err(sqlite::trouble)?;
    let backup = Backup::new(source.connection(), &mut target).map_err(sqlite::trouble)?;
    loop {
        match backup.step(PAGES).map_err(sqlite::trouble)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            // Somebody checkpoints; step again.
            _ => std::thread::yield_now(),
        }
    }
}
