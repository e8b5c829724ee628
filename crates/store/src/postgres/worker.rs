//! A thread that takes one closure after the other through a transaction of its own.

use std::sync::Arc;
use std::time::Instant;

use super::link::{Link, round_trip};
use super::tx::PostgresTx;
use super::upkeep::Upkeep;
use crate::Error;
use crate::job::{Job, Queue, Verdict};
use crate::stats::Counters;
use crate::tx::{Cause, Engine, Tx};

/// How often a closure that lost against concurrent ones runs again.
const CONFLICTS: u32 = 5;

/// What transactions of a worker may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

impl Access {
    pub(super) fn name(self) -> &'static str {
        match self {
            Access::Read => "read",
            Access::Write => "write",
        }
    }

    fn begin(self) -> &'static str {
        match self {
            Access::Read => "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
            Access::Write => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        }
    }
}

/// A thread's connection and what it serves.
pub(super) struct Worker {
    pub(super) link: Link,
    pub(super) access: Access,
    pub(super) queue: Queue,
    pub(super) counters: Arc<Counters>,
    pub(super) upkeep: Arc<Upkeep>,
}

/// How one run of a closure ended.
enum Attempt {
    /// The closure's own result stands.
    Done,
    /// Nothing was kept, and this is why.
    Failed(Error),
    /// Nothing was kept; a second run may do better.
    Again(Cause),
}

impl Worker {
    /// Serves the queue until it is closed and empty.
    pub(super) fn serve(mut self) {
        while let Some(job) = self.queue.pop() {
            self.work(job);
            self.upkeep.after_job(&mut self.link, self.access);
        }
    }

    fn work(&mut self, mut job: Box<dyn Job>) {
        let mut conflicts = 0;
        loop {
            // A connection kept from an earlier job may have been lost while nobody looked.
            let may_be_stale = self.link.is_used();
            match self.attempt(&mut job) {
                Attempt::Done => return job.answer(None),
                Attempt::Failed(error) => return job.answer(Some(error)),
                Attempt::Again(Cause::Connection) if may_be_stale => {}
                Attempt::Again(Cause::Conflict) if conflicts < CONFLICTS => conflicts += 1,
                // The closure's own result is the error it met.
                Attempt::Again(_) => return job.answer(None),
            }
            if self.access == Access::Write {
                self.counters.rerun();
            }
        }
    }

    fn attempt(&mut self, job: &mut Box<dyn Job>) -> Attempt {
        let started = Instant::now();
        let queue = &self.queue;
        let (runtime, live) = match self.link.live(|| !queue.is_open()) {
            Ok(connected) => connected,
            Err(error) => return Attempt::Failed(error),
        };
        let mut tx = Tx::new(Engine::Postgres(PostgresTx::new(runtime, live, self.access.begin())));
        let verdict = job.run(&mut tx);
        let cause = tx.cause();
        if !tx.has_begun() {
            return Attempt::Done;
        }
        match (verdict, cause) {
            (_, Some(Cause::Connection)) => {
                self.link.drop_connection();
                Attempt::Again(Cause::Connection)
            }
            (_, Some(Cause::Conflict)) => {
                self.rollback();
                Attempt::Again(Cause::Conflict)
            }
            (Verdict::Undo, _) => {
                self.rollback();
                Attempt::Done
            }
            (Verdict::Keep, _) => self.commit(started),
        }
    }

    fn commit(&mut self, started: Instant) -> Attempt {
        let Ok((runtime, live)) = self.link.live(|| true) else {
            return Attempt::Again(Cause::Connection);
        };
        if live.client.is_closed() {
            // COMMIT was never sent.
            self.link.drop_connection();
            return Attempt::Failed(Error::Unavailable { reason: "connection lost before COMMIT".into() });
        }
        let committed = round_trip(runtime, &live.client, &mut None, "COMMIT", live.client.batch_execute("COMMIT"));
        let Err(failed) = committed else {
            if self.access == Access::Write {
                self.counters.committed(1, started.elapsed());
            }
            return Attempt::Done;
        };
        match (failed.cause, failed.error) {
            (Cause::Conflict, _) => Attempt::Again(Cause::Conflict),
            (Cause::Connection, error) => {
                self.link.drop_connection();
                Attempt::Failed(Error::CommitUnknown { reason: error.to_string() })
            }
            (_, error) => Attempt::Failed(error),
        }
    }

    fn rollback(&mut self) {
        let Ok((runtime, live)) = self.link.live(|| true) else {
            return;
        };
        let undone = round_trip(runtime, &live.client, &mut None, "ROLLBACK", live.client.batch_execute("ROLLBACK"));
        if let Err(failed) = undone {
            tracing::warn!(error = %failed.error, "ROLLBACK failed; the connection is dropped");
            self.link.drop_connection();
        }
    }
}
