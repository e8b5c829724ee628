//! What the writer does between groups to keep its file in shape.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::gate::Gate;
use super::link::{LOG_BYTES, Link};

/// The longest a cut of the log may wait for readers, and with it writers.
const CUT: Duration = Duration::from_millis(200);

/// Between two cuts that failed because somebody reads for long (a backup does).
const BETWEEN_CUTS: Duration = Duration::from_secs(1);

/// Upkeep of one file.
pub(super) struct Upkeep {
    log: PathBuf,
    gate: Gate,
    next_cut: Instant,
}

impl Upkeep {
    pub(super) fn new(link: &Link, gate: Gate) -> Self {
        let mut log = link.connection.path().unwrap_or_default().to_owned();
        log.push_str("-wal");
        Self { log: log.into(), gate, next_cut: Instant::now() }
    }

    /// Costs a look at a file's size when there is nothing to do.
    pub(super) fn after_group(&mut self, link: &Link) {
        let now = Instant::now();
        if now >= self.next_cut && self.log_is_long() {
            self.cut_log(link);
            self.next_cut = if self.log_is_long() { now + BETWEEN_CUTS } else { now };
        }
    }

    /// SQLite starts its log anew only at a moment without readers, and readers that overlap leave none: the log would
    /// grow for ever. So new readers wait a moment at the gate until those inside are done.
    fn cut_log(&self, link: &Link) {
        self.gate.without_readers(CUT, || run(link, "PRAGMA wal_checkpoint(TRUNCATE)"));
    }

    fn log_is_long(&self) -> bool {
        std::fs::metadata(&self.log).is_ok_and(|file| file.len() > LOG_BYTES)
    }

    /// Leaves an empty log.
    pub(super) fn at_the_end(link: &Link) {
        run(link, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
}

fn run(link: &Link, statements: &str) {
    if let Err(error) = link.connection.execute_batch(statements) {
        tracing::warn!(%error, statements, "upkeep of the database");
    }
}
