//! The machine's clock as SQLite's database time.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Unix milliseconds that never go back while the process runs: the wall clock is read once, and a monotonic clock
/// goes on from there. Leases would break if somebody set the wall clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    unix_ms: i64,
    since: Instant,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "leases run on the machine's clock, not on the domain's")]
    pub(crate) fn start() -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { unix_ms: i64::try_from(unix.as_millis()).unwrap_or(i64::MAX), since: Instant::now() }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.unix_ms.saturating_add(i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX))
    }
}
