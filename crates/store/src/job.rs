//! Closures on their way to a database thread, and the queue they wait in.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// Which line of a queue a job stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    First,
    Ordinary,
    Last,
}

/// The longest a job of the last lane waits behind others, so that it goes on under any load.
const PATIENCE: Duration = Duration::from_millis(50);

/// Jobs waiting for a thread: lane by lane, and by turns one of the last that has waited long.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Shared>);

struct Shared {
    lines: Mutex<Lines>,
    arrived: Condvar,
}

#[derive(Default)]
struct Lines {
    first: VecDeque<Box<dyn Job>>,
    ordinary: VecDeque<Box<dyn Job>>,
    last: VecDeque<(Instant, Box<dyn Job>)>,
    open: bool,
    sleepers: usize,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared { lines: Mutex::new(Lines { open: true, ..Lines::default() }), arrived: Condvar::new() }))
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
            Lane::Last => lines.last.push_back((Instant::now(), job)),
        }
        let wake = lines.sleepers > 0;
        drop(lines);
        if wake {
            self.0.arrived.notify_one();
        }
        Ok(())
    }

    /// The next job to join others in their transaction, if one waits. One of the last lane never holds others up.
    pub(crate) fn try_pop(&self) -> Option<Box<dyn Job>> {
        self.lines().next_of_the_urgent()
    }

    /// Waits for the next job; `None` when the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<Box<dyn Job>> {
        let mut lines = self.lines();
        loop {
            if let Some(job) = lines.next(Instant::now()) {
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

    /// Jobs waiting in the first lane and in the others.
    pub(crate) fn len(&self) -> (usize, usize) {
        let lines = self.lines();
        (lines.first.len(), lines.ordinary.len() + lines.last.len())
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // No code that can panic runs under this lock.
        self.0.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn next(&mut self, now: Instant) -> Option<Box<dyn Job>> {
        let patient = self.last.front().is_none_or(|(since, _)| now.duration_since(*since) < PATIENCE);
        let next = if patient { self.next_of_the_urgent() } else { None };
        next.or_else(|| self.last.pop_front().map(|(_, job)| job))
    }

    fn next_of_the_urgent(&mut self) -> Option<Box<dyn Job>> {
        self.first.pop_front().or_else(|| self.ordinary.pop_front())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells its name by refusing to run.
    struct Named(&'static str, Arc<Mutex<Vec<&'static str>>>);

    impl Job for Named {
        fn run(&mut self, _: &mut Tx<'_>) -> Verdict {
            Verdict::Undo
        }

        fn answer(self: Box<Self>, _: Option<Error>) {
            self.1.lock().unwrap().push(self.0);
        }
    }

    #[test]
    fn the_last_lane_waits_for_the_others_but_not_for_ever() {
        let told = Arc::default();
        let job = |name| -> Box<dyn Job> { Box::new(Named(name, Arc::clone(&told))) };
        let start = Instant::now();
        let mut lines = Lines::default();
        lines.last.extend([(start, job("last")), (start + PATIENCE, job("later"))]);
        lines.ordinary.extend([job("ordinary"), job("another")]);
        lines.first.push_back(job("first"));
        for after in [0, 0, 50, 60, 60] {
            lines.next(start + Duration::from_millis(after)).expect("one waits").answer(None);
        }
        assert_eq!(*told.lock().unwrap(), ["first", "ordinary", "last", "another", "later"]);
        lines.last.push_back((start, job("joins nobody")));
        assert!(lines.next_of_the_urgent().is_none());
    }
}
