//! The one thread that writes: closures that wait together share a COMMIT.

use std::fs::File;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::error::{commit_failure, failure};
use super::link::Link;
use super::tx::SqliteTx;
use super::upkeep::Upkeep;
use crate::job::{Job, Queue, Verdict};
use crate::stats::Counters;
use crate::tx::{Cause, Engine, Tx};
use crate::{Error, Result};

/// A group is closed after this time or number of closures, so that it stays far below 50 ms.
const GROUP_TIME: Duration = Duration::from_millis(10);
const GROUP_JOBS: usize = 256;

/// The writing connection and what it serves.
pub(super) struct Writer {
    pub(super) link: Link,
    pub(super) queue: Queue,
    pub(super) counters: Arc<Counters>,
    pub(super) upkeep: Upkeep,
    /// Held as long as the thread lives, so that no second server can begin before the last write is done.
    pub(super) _lock: Option<File>,
}

/// The transaction of a group cannot be kept.
struct Dropped;

impl Writer {
    /// Serves the queue until it is closed and empty.
    pub(super) fn serve(mut self) {
        while let Some(job) = self.queue.pop() {
            self.group(job);
            self.upkeep.after_group(&self.link);
        }
        self.upkeep.at_the_end(&self.link);
    }

    /// Runs `first` and whatever else waits in one transaction. When that cannot be kept, each runs again alone.
    fn group(&mut self, first: Box<dyn Job>) {
        let started = Instant::now();
        let mut jobs = vec![first];
        match self.share_commit(&mut jobs, started) {
            Ok(()) => {
                self.counters.committed(jobs.len(), started.elapsed());
                for job in jobs {
                    job.answer(None);
                }
            }
            Err(Dropped) => {
                self.link.undo();
                self.counters.rerun();
                tracing::warn!(jobs = jobs.len(), "a group of writes was dropped; each runs again alone");
                for job in jobs {
                    self.single(job);
                }
            }
        }
    }

    fn share_commit(&mut self, jobs: &mut Vec<Box<dyn Job>>, started: Instant) -> Result<(), Dropped> {
        self.control("BEGIN IMMEDIATE")?;
        if let Some(first) = jobs.first_mut() {
            self.at_the_beginning(first)?;
        }
        loop {
            if jobs.len() >= GROUP_JOBS || started.elapsed() >= GROUP_TIME {
                break;
            }
            let Some(mut next) = self.queue.try_pop() else { break };
            let kept = self.in_savepoint(&mut next);
            jobs.push(next);
            kept?;
        }
        self.control("COMMIT")
    }

    /// Runs the first closure of a group. Its failure undoes all there is, so it needs no savepoint, under which SQLite
    /// would copy every page it changes.
    fn at_the_beginning(&mut self, job: &mut Box<dyn Job>) -> Result<(), Dropped> {
        if self.run_unless_dropped(job)? == Verdict::Undo {
            self.control("ROLLBACK")?;
            self.control("BEGIN IMMEDIATE")?;
        }
        Ok(())
    }

    /// Runs one closure so that its failure undoes its own writes only.
    fn in_savepoint(&mut self, job: &mut Box<dyn Job>) -> Result<(), Dropped> {
        self.control("SAVEPOINT job")?;
        if self.run_unless_dropped(job)? == Verdict::Undo {
            self.control("ROLLBACK TO job")?;
        }
        self.control("RELEASE job")
    }

    fn run_unless_dropped(&mut self, job: &mut Box<dyn Job>) -> Result<Verdict, Dropped> {
        let (verdict, cause) = self.run(job);
        // SQLite itself rolls back the whole transaction on some errors, and nothing may stand after such a one.
        if cause == Some(Cause::Store) || self.link.connection.is_autocommit() {
            return Err(Dropped);
        }
        Ok(verdict)
    }

    /// Runs one closure in a transaction of its own and answers it.
    fn single(&mut self, mut job: Box<dyn Job>) {
        let started = Instant::now();
        if let Err(error) = self.link.control("BEGIN IMMEDIATE") {
            return job.answer(Some(failure(error, "BEGIN").error));
        }
        let (verdict, _) = self.run(&mut job);
        if verdict == Verdict::Undo {
            self.link.undo();
            return job.answer(None);
        }
        if self.link.connection.is_autocommit() {
            return job.answer(Some(Error::Busy { reason: "the transaction was rolled back by SQLite".into() }));
        }
        match self.link.control("COMMIT") {
            Ok(()) => {
                self.counters.committed(1, started.elapsed());
                job.answer(None);
            }
            Err(error) => {
                self.link.undo();
                job.answer(Some(commit_failure(error)));
            }
        }
    }

    fn run(&mut self, job: &mut Box<dyn Job>) -> (Verdict, Option<Cause>) {
        let mut tx = Tx::new(Engine::Sqlite(SqliteTx::new(&mut self.link)));
        let verdict = job.run(&mut tx);
        (verdict, tx.cause())
    }

    fn control(&self, text: &str) -> Result<(), Dropped> {
        self.link.control(text).map_err(|error| {
            tracing::warn!(%error, statement = text, "a group of writes failed");
            Dropped
        })
    }
}
