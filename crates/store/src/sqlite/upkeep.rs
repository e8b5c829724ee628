//! What the writer does between groups to keep its file in shape.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::checkpoint::Checkpoints;
use super::gate::Gate;
use super::link::{LOG_BYTES, Link};

/// The longest a cut of the log may wait for readers, and with it writers.
const CUT: Duration = Duration::from_millis(200);

/// Between two attempts, for one fails while somebody reads for long (a backup does).
const BETWEEN_CUTS: Duration = Duration::from_secs(1);

/// Upkeep of one file.
pub(super) struct Upkeep {
    log: PathBuf,
    gate: Gate,
    next_cut: Instant,
    checkpoints: Checkpoints,
}

impl Upkeep {
    pub(super) fn new(link: &Link, gate: Gate, checkpoints: Checkpoints) -> Self {
        let mut log = link.connection.path().unwrap_or_default().to_owned();
        log.push_str("-wal");
        Self { log: log.into(), gate, next_cut: Instant::now(), checkpoints }
    }

    /// Costs a look at a file's size when there is nothing to do.
    pub(super) fn after_group(&mut self, link: &Link) {
        self.checkpoints.after_group();
        let now = Instant::now();
        if now < self.next_cut {
            return;
        }
        if self.log_is_long() {
            self.cut_log(link);
            self.next_cut = if self.log_is_long() { now + BETWEEN_CUTS } else { now };
        } else if self.checkpoints.is_full() {
            let mut began_anew = false;
            self.gate.without_readers(CUT, || began_anew = restart(link));
            self.checkpoints.forget();
            self.next_cut = if began_anew { now } else { now + BETWEEN_CUTS };
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
    pub(super) fn at_the_end(self, link: &Link) {
        drop(self.checkpoints);
        run(link, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
}

/// Whether the next write begins the log anew. The first column of the answer says whether somebody was in the way.
fn restart(link: &Link) -> bool {
    link.connection.query_row("PRAGMA wal_checkpoint(RESTART)", (), |row| row.get::<_, i64>(0)) == Ok(0)
}

pub(super) fn run(link: &Link, statements: &str) {
    if let Err(error) = link.connection.execute_batch(statements) {
        tracing::warn!(%error, statements, "upkeep of the database");
    }
}
