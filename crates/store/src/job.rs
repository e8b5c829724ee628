//! Closures on their way to a database thread, and the queue they wait in.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::{Error, Tx};

/// A closure with its result type forgotten.
pub(crate) trait Job: Send {
    /// Runs the closure and keeps its result for [`Job::answer`]. May be called again after an undone transaction.
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict;

    /// Gives the kept result to whoever waits, or `instead` of it an error.
    fn answer(self: Box<Self>, instead: Option<Error>);
}

/// What to do with the writes of a closure that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// A closure, its last result and who waits for it.
pub(crate) struct Closure<F, T, E> {
    closure: F,
    outcome: Outcome<T, E>,
    waiting: oneshot::Sender<Result<T, E>>,
    _place: OwnedSemaphorePermit,
}

enum Outcome<T, E> {
    NotRun,
    Ran(Result<T, E>),
    /// Never run again: the closure's own state may be broken.
    Panicked,
}

impl<F, T, E> Closure<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    /// `place` is the closure's place in the queue, given back with the answer.
    pub(crate) fn boxed(closure: F, place: OwnedSemaphorePermit) -> (Box<dyn Job>, oneshot::Receiver<Result<T, E>>) {
        let (waiting, answer) = oneshot::channel();
        let job = Self { closure, outcome: Outcome::NotRun, waiting, _place: place };
        (Box::new(job), answer)
    }
}

impl<F, T, E> Job for Closure<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> Verdict {
        if matches!(self.outcome, Outcome::Panicked) {
            return Verdict::Undo;
        }
        // What a panic leaves half done in the closure is never looked at again; the transaction is undone.
        let result = catch_unwind(AssertUnwindSafe(|| (self.closure)(tx)));
        let (outcome, verdict) = match (result, tx.doomed()) {
            (Err(_), _) => (Outcome::Panicked, Verdict::Undo),
            (Ok(Ok(_)), Some(doomed)) => (Outcome::Ran(Err(doomed.into())), Verdict::Undo),
            (Ok(Ok(value)), None) => (Outcome::Ran(Ok(value)), Verdict::Keep),
            (Ok(Err(error)), _) => (Outcome::Ran(Err(error)), Verdict::Undo),
        };
        self.outcome = outcome;
        verdict
    }

    fn answer(self: Box<Self>, instead: Option<Error>) {
        let result = match (instead, self.outcome) {
            (Some(error), _) => Err(error.into()),
            (None, Outcome::Ran(result)) => result,
            (None, Outcome::Panicked) => Err(Error::Panicked.into()),
            (None, Outcome::NotRun) => Err(Error::Closed.into()),
        };
        // Nobody waits any more when the caller's future was dropped; the write stands all the same.
        let _ = self.waiting.send(result);
    }
}

/// Which of the two lines of a queue a job stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    First,
    Ordinary,
}

/// Jobs waiting for a thread: all of the first lane go before any of the ordinary one.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Shared>);

struct Shared {
    lines: Mutex<Lines>,
    arrived: Condvar,
}

struct Lines {
    first: VecDeque<Box<dyn Job>>,
    ordinary: VecDeque<Box<dyn Job>>,
    open: bool,
    sleepers: usize,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared {
            lines: Mutex::new(Lines { first: VecDeque::new(), ordinary: VecDeque::new(), open: true, sleepers: 0 }),
            arrived: Condvar::new(),
        }))
    }

    /// Gives the job back when the queue is closed.
    pub(crate) fn push(&self, lane: Lane, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        let mut lines = self.lines();
        if !lines.open {
            return Err(job);
        }
        match lane {
            Lane::First => lines.first.push_back(job),
            Lane::Ordinary => lines.ordinary.push_back(job),
        }
        let wake = lines.sleepers > 0;
        drop(lines);
        if wake {
            self.0.arrived.notify_one();
        }
        Ok(())
    }

    /// The next job, if one waits.
    pub(crate) fn try_pop(&self) -> Option<Box<dyn Job>> {
        self.lines().next()
    }

    /// Waits for the next job; `None` when the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<Box<dyn Job>> {
        let mut lines = self.lines();
        loop {
            if let Some(job) = lines.next() {
                return Some(job);
            }
            if !lines.open {
                return None;
            }
            lines.sleepers += 1;
            lines = self.0.arrived.wait(lines).unwrap_or_else(PoisonError::into_inner);
            lines.sleepers -= 1;
        }
    }

    /// No further jobs are taken; those waiting are still done.
    pub(crate) fn close(&self) {
        self.lines().open = false;
        self.0.arrived.notify_all();
    }

    pub(crate) fn is_open(&self) -> bool {
        self.lines().open
    }

    /// Jobs waiting in the first and the ordinary lane.
    pub(crate) fn len(&self) -> (usize, usize) {
        let lines = self.lines();
        (lines.first.len(), lines.ordinary.len())
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // No code that can panic runs under this lock.
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn next(&mut self) -> Option<Box<dyn Job>> {
        self.first.pop_front().or_else(|| self.ordinary.pop_front())
    }
}
