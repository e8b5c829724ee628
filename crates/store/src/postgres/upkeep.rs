//! Statistics of tables that have just grown. Until the server's own housekeeping comes by, once a minute at best, its
//! planner knows nothing of a table that an import has filled, and plans made then read whole indexes.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::link::{Link, Live, round_trip};
use crate::tx::Failure;

/// Between two looks, counted over all workers of a store.
const BETWEEN: Duration = Duration::from_secs(3);

/// Tables of which half has changed since their statistics were taken, as names that can be spliced.
const STALE: &str = "SELECT format('%I', relname) FROM pg_stat_user_tables
    WHERE schemaname = current_schema() AND n_mod_since_analyze > 500 + n_live_tup / 2
    ORDER BY n_mod_since_analyze DESC LIMIT 4";

/// When to look next.
pub(super) struct Upkeep(Mutex<Instant>);

impl Upkeep {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Instant::now() + BETWEEN))
    }

    /// Costs a look at the clock when it is not yet time.
    pub(super) fn after_job(&self, link: &mut Link) {
        if !self.is_due() {
            return;
        }
        // What is wrong with a connection, its next job will find out.
        let Ok((runtime, live)) = link.live(|| true) else { return };
        if let Err(failed) = renew(runtime, live) {
            tracing::warn!(error = %failed.error, "statistics were not renewed");
        }
    }

    fn is_due(&self) -> bool {
        let now = Instant::now();
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = now >= *next;
        if due {
            *next = now + BETWEEN;
        }
        due
    }
}

fn renew(runtime: &tokio::runtime::Runtime, live: &Live) -> Result<(), Failure> {
    let stale = round_trip(runtime, &live.client, &mut None, STALE, live.client.query(STALE, &[]))?;
    for row in stale {
        let table: String = row.get(0);
        let analyze = format!("ANALYZE (SKIP_LOCKED) {table}");
        round_trip(runtime, &live.client, &mut None, &analyze, live.client.batch_execute(&analyze))?;
        tracing::debug!(table, "statistics renewed");
    }
    Ok(())
}
