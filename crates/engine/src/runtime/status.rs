//! Where the whole stands: what waits, what is in flight, whether everything is quiet.

use serde::Serialize;
use store::{Tx, params};

use crate::Result;
use crate::engine::Engine;

/// Answer of `GET /api/v1/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Status {
    /// Nothing waits and nothing is in flight at this instant of the domain clock.
    pub idle: bool,
    /// Events stored and not yet applied.
    pub pending_events: i64,
    /// Enrollments, tasks and broadcasts that are due now.
    pub due: i64,
    /// Deliveries in the outbox that are due now.
    pub queued: i64,
    /// Requests fixed and not yet answered for good.
    pub in_flight: i64,
    /// Events that failed five times and wait for somebody.
    pub parked: i64,
    /// Domain time, Unix ms.
    pub clock: i64,
    /// When something becomes due next, Unix ms.
    pub next_due: Option<i64>,
}

/// Looks at the database and at this process.
///
/// # Errors
/// The database's.
pub async fn status(engine: &Engine) -> Result<Status> {
    let now = engine.clock.now_ms();
    let in_memory = i64::try_from(engine.delivery.in_flight() + engine.ingest.waiting()).unwrap_or(i64::MAX);
    let mut status = engine.store.read(move |tx| read(tx, now)).await?;
    // Counted before and after the look: what moved from one place to the other in between is seen at least once.
    let later = i64::try_from(engine.delivery.in_flight() + engine.ingest.waiting()).unwrap_or(i64::MAX);
    status.in_flight = status.in_flight.max(in_memory).max(later);
    status.idle = [status.pending_events, status.due, status.queued, status.in_flight].iter().all(|n| *n == 0);
    Ok(status)
}

fn read(tx: &mut Tx, now: i64) -> Result<Status> {
    let (pending_events, all_pending) = crate::react::count_pending(tx)?;
    let count = |tx: &mut Tx, sql: &str| -> Result<i64> { Ok(tx.query_one(sql, &params![now], |row| row.get(0))?) };
    let next = |tx: &mut Tx, sql: &str| -> Result<Option<i64>> { Ok(tx.query_one(sql, &params![now], |row| row.get(0))?) };
    let due = count(tx, "SELECT COUNT(*) FROM enrollments WHERE state = 'active' AND due_at IS NOT NULL AND due_at <= $1")?
        + count(tx, "SELECT COUNT(*) FROM tasks WHERE state IN ('queued', 'running') AND due_at <= $1")?
        + count(
            tx,
            "SELECT COUNT(*) FROM broadcasts WHERE state IN ('scheduled', 'snapshotting', 'sending') AND send_at <= $1 AND hold IS NULL",
        )?;
    let queued = count(tx, "SELECT COUNT(*) FROM deliveries WHERE state = 'queued' AND due_at <= $1")?;
    let in_flight = count(tx, "SELECT COUNT(*) FROM requests WHERE state = 'open' AND next_attempt_at <= $1")?;
    let nexts = [
        next(tx, "SELECT MIN(due_at) FROM enrollments WHERE state = 'active' AND due_at IS NOT NULL AND due_at > $1")?,
        next(tx, "SELECT MIN(due_at) FROM tasks WHERE state IN ('queued', 'running') AND due_at > $1")?,
        next(tx, "SELECT MIN(send_at) FROM broadcasts WHERE state IN ('scheduled', 'snapshotting', 'sending') AND send_at > $1")?,
        next(tx, "SELECT MIN(due_at) FROM deliveries WHERE state = 'queued' AND due_at > $1")?,
        next(tx, "SELECT MIN(next_attempt_at) FROM requests WHERE state = 'open' AND next_attempt_at > $1")?,
    ];
    Ok(Status {
        idle: false,
        pending_events,
        due,
        queued,
        in_flight,
        parked: all_pending - pending_events,
        clock: now,
        next_due: nexts.into_iter().flatten().min(),
    })
}
