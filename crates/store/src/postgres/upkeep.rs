//! Plans that fit tables as they are. Until the server's own housekeeping comes by, once a minute at best, its planner
//! knows nothing of a table that an import has just filled, and reads whole indexes. And new statistics alone do not make
//! a session plan anew: its cached plans go only when a table's size in `pg_class` changes too, which a VACUUM just before
//! may have seen to already.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::link::{Link, Live, round_trip};
use super::worker::Access;
use crate::tx::Failure;

/// Between two looks, counted over all workers of a store.
const BETWEEN: Duration = Duration::from_secs(3);

/// Tables of which half has changed since their statistics were taken, as names that can be spliced.
const STALE: &str = "SELECT format('%I', relname) FROM pg_stat_user_tables
    WHERE schemaname = current_schema() AND n_mod_since_analyze > 500 + n_live_tup / 2
    ORDER BY n_mod_since_analyze DESC LIMIT 4";

/// How often statistics were taken, by us or by the server.
const TAKEN: &str = "SELECT COALESCE(SUM(analyze_count + autoanalyze_count), 0)::bigint FROM pg_stat_user_tables
    WHERE schemaname = current_schema()";

/// What the workers of one store know together about statistics.
pub(super) struct Upkeep {
    next: Mutex<Instant>,
    taken: AtomicI64,
}

impl Upkeep {
    pub(super) fn new() -> Self {
        Self { next: Mutex::new(Instant::now() + BETWEEN), taken: AtomicI64::new(0) }
    }

    /// Costs a look at the clock when there is nothing to do.
    pub(super) fn after_job(&self, link: &mut Link, access: Access) {
        if !link.is_used() {
            return;
        }
        let due = access == Access::Write && self.is_due();
        // What is wrong with a connection, its next job will find out.
        let Ok((runtime, live)) = link.live(|| true) else { return };
        let looked = if due { self.look(runtime, live) } else { Ok(()) };
        if let Err(failed) = looked.and_then(|()| self.plan_anew(runtime, live)) {
            tracing::warn!(error = %failed.error, "upkeep of the database");
        }
    }

    fn is_due(&self) -> bool {
        let now = Instant::now();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let due = now >= *next;
        if due {
            *next = now + BETWEEN;
        }
        due
    }

    fn look(&self, runtime: &Runtime, live: &Live) -> Result<(), Failure> {
        for row in round_trip(runtime, &live.client, &mut None, STALE, live.client.query(STALE, &[]))? {
            let analyze = format!("ANALYZE (SKIP_LOCKED) {}", row.get::<_, String>(0));
            round_trip(runtime, &live.client, &mut None, &analyze, live.client.batch_execute(&analyze))?;
        }
        let taken = round_trip(runtime, &live.client, &mut None, TAKEN, live.client.query_one(TAKEN, &[]))?;
        self.taken.store(taken.get(0), Ordering::Release);
        Ok(())
    }

    /// Drops plans that are older than the newest statistics.
    fn plan_anew(&self, runtime: &Runtime, live: &mut Live) -> Result<(), Failure> {
        let taken = self.taken.load(Ordering::Acquire);
        if live.planned_at == taken {
            return Ok(());
        }
        const DISCARD: &str = "DISCARD PLANS";
        round_trip(runtime, &live.client, &mut None, DISCARD, live.client.batch_execute(DISCARD))?;
        live.planned_at = taken;
        Ok(())
    }
}
