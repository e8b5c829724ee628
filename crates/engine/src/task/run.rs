//! Runs tasks: claims what is due, spawns each, records its ending. A lost node's tasks are taken by another.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::db::{self, Ending, Task};
use super::{TaskKind, kinds, line_insight, link_check, shop_call};
use crate::engine::Engine;
use crate::runtime::Turn;
use crate::{Result, notice};

/// Tasks in flight at most in this process.
const AT_ONCE: usize = 64;
/// Claimed together at most.
const CLAIM: usize = 16;
/// A kind with so many in flight is not claimed: what waits for somebody else's slow machine leaves places to the others.
const OF_ONE_KIND: usize = 16;
/// A task whose node fell silent is taken again after this (machine time).
pub(super) const LEASE_MS: i64 = 90_000;
/// Tries before giving up; the waits between them grow to about half an hour each.
const TRIES_MAX: i64 = 8;

static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));
static IN_FLIGHT: Mutex<BTreeMap<TaskKind, usize>> = Mutex::new(BTreeMap::new());

fn in_flight() -> MutexGuard<'static, BTreeMap<TaskKind, usize>> {
    IN_FLIGHT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One of the places, taken by a kind until it is dropped.
struct Place {
    kind: TaskKind,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    async fn take(kind: TaskKind) -> Option<Self> {
        let permit = PLACES.clone().acquire_owned().await.ok()?;
        *in_flight().entry(kind).or_default() += 1;
        Some(Self { kind, _permit: permit })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(count) = in_flight().get_mut(&self.kind) {
            *count -= 1;
        }
    }
}

/// Kinds that hold their share of the places.
fn full(in_flight: &BTreeMap<TaskKind, usize>) -> Vec<TaskKind> {
    in_flight.iter().filter(|(_, count)| **count >= OF_ONE_KIND).map(|(kind, _)| *kind).collect()
}

/// Claims and starts what is due.
///
/// # Errors
/// The database's.
pub async fn turn(engine: &Arc<Engine>) -> Result<Turn> {
    let free = PLACES.available_permits().min(CLAIM);
    if free == 0 {
        let _ = PLACES.acquire().await;
        return Ok(Turn { worked: 1, next_due: None });
    }
    let (now, node) = (engine.clock.now_ms(), engine.node);
    let limit = i64::try_from(free).unwrap_or(1);
    let full = full(&in_flight());
    let of_others = full.clone();
    let next = engine.store.read(move |tx| db::next_due(tx, &of_others)).await?;
    // Claimed even when nothing seems due: the tasks of a dead node say running.
    let due = engine.store.write(move |tx| db::claim(tx, node, now, &full, limit)).await?;
    for task in &due {
        let (engine, task) = (engine.clone(), task.clone());
        let Some(place) = Place::take(task.kind).await else { break };
        tokio::spawn(async move {
            run(&engine, &task).await;
            drop(place);
            engine.hints.tasks.notify_one();
        });
    }
    Ok(Turn { worked: due.len(), next_due: next })
}

async fn run(engine: &Arc<Engine>, task: &Task) {
    let done = match task.kind {
        TaskKind::Profile => kinds::profile(engine, task).await,
        TaskKind::Content => kinds::content(engine, task).await,
        TaskKind::RichMenu => kinds::rich_menu(engine, task).await,
        TaskKind::Quota => kinds::quota(engine, task).await,
        TaskKind::Followers => crate::contact::followers::piece(engine, task).await,
        TaskKind::MarkRead => kinds::mark_read(engine, task).await,
        TaskKind::Webhook => shop_call::call(engine, task).await,
        TaskKind::Forward => crate::reception::hand_on(engine, task).await,
        TaskKind::LinkCheck => link_check::look(engine, task).await,
        TaskKind::CouponCheck => crate::coupon::look(engine, task).await,
        TaskKind::Insight => line_insight::read(engine, task).await,
        TaskKind::Notice => notice::send::run(engine, task).await,
        TaskKind::Watch => notice::watch::run(engine, task).await,
        TaskKind::Import => Ok(None),
        TaskKind::Bulk => own(task, crate::bulk::run(engine, task).await),
        TaskKind::Erase => own(task, crate::contact::erase::run(engine, task).await),
        TaskKind::Backup => own(task, crate::backup::run(engine, task).await),
        TaskKind::Takeout => own(task, crate::takeout::run(engine, task).await),
    };
    let now = engine.clock.now_ms();
    let ending = match done {
        Ok(result) => Ending::Done(result),
        Err(Trouble::Goes) => Ending::Next(now, None),
        Err(Trouble::Later(wait_ms, why)) if task.attempts < TRIES_MAX => Ending::Again(now + wait_ms, why),
        Err(Trouble::Later(_, why) | Trouble::Never(why)) => Ending::Failed(why),
    };
    if let Ending::Failed(why) = &ending {
        tracing::warn!(task = %task.id, kind = %task.kind, %why, "a task was given up");
    }
    // What comes again and again must not end with one round that failed.
    let next = match task.kind {
        TaskKind::Insight => line_insight::next_round(task, now),
        _ => kinds::next_round(engine, task, now),
    };
    let ending = match (ending, next) {
        (Ending::Done(_), Some(at)) => Ending::Next(at, None),
        (Ending::Failed(why), Some(at)) => Ending::Next(at, Some(why)),
        (ending, _) => ending,
    };
    let (task, node) = (task.clone(), engine.node);
    let recorded = engine.store.write(move |tx| db::finish(tx, &task, node, &ending, now)).await;
    if let Err(error) = recorded {
        tracing::warn!(%error, "a task's ending was not recorded; it will be run again");
    }
}

fn own(task: &Task, done: Result<Option<String>>) -> Result<Option<String>, Trouble> {
    done.map_err(|error| Trouble::from((task, error)))
}

/// Why a task did not succeed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// Worth another try after so many ms.
    Later(i64, String),
    /// Will never work.
    Never(String),
    /// No trouble: a long task has done a piece, and the next begins at once.
    Goes,
}

impl Trouble {
    /// Whether this ends the task.
    pub(crate) fn is_last(&self, task: &Task) -> bool {
        match self {
            Self::Later(..) => task.attempts >= TRIES_MAX,
            Self::Never(_) => true,
            Self::Goes => false,
        }
    }

    /// Another try, later the more tries there were: 2 s, 8 s, 32 s … half an hour.
    pub(crate) fn again(task: &Task, why: impl ToString) -> Self {
        let wait = 2_000_i64 << (2 * task.attempts.clamp(1, 6) - 2);
        Self::Later(wait.min(1_800_000), why.to_string())
    }
}

impl From<(&Task, line::client::CallError)> for Trouble {
    fn from((task, error): (&Task, line::client::CallError)) -> Self {
        use line::client::CallError as E;
        match error {
            E::Refused(_) | E::NotMade(_) | E::Unreadable { .. } => Self::Never(error.to_string()),
            E::RateLimited(_) | E::TokenInvalid(_) | E::Unavailable(_) => Self::again(task, error),
        }
    }
}

impl From<(&Task, crate::Error)> for Trouble {
    fn from((task, error): (&Task, crate::Error)) -> Self {
        if error.is_transient() { Self::again(task, error) } else { Self::Never(error.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kind_never_takes_every_place() {
        let counts = BTreeMap::from([(TaskKind::Forward, OF_ONE_KIND), (TaskKind::Profile, OF_ONE_KIND - 1)]);
        assert_eq!(full(&counts), [TaskKind::Forward]);
        // A kind that is just not full takes one claim more at most: two slow kinds leave places too.
        const { assert!(2 * (OF_ONE_KIND - 1 + CLAIM) < AT_ONCE) };
    }
}
