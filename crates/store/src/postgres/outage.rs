//! What the workers of one store know together about a server that is away.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Error;

/// Between two attempts to connect during an outage, counted over all workers.
const BETWEEN: Duration = Duration::from_secs(1);

/// Whether the server is known to be away. Then jobs are refused at once instead of each waiting its turn, and one
/// attempt a second finds out when it is back.
#[derive(Default)]
pub(super) struct Outage(Mutex<Option<Away>>);

struct Away {
    reason: String,
    next_try: Instant,
}

impl Outage {
    /// The answer for a job that comes between two attempts. `None` asks the caller to make the attempt.
    pub(super) fn refusal(&self) -> Option<Error> {
        let now = Instant::now();
        let mut away = self.away();
        let away = away.as_mut()?;
        if now >= away.next_try {
            away.next_try = now + BETWEEN;
            return None;
        }
        Some(Error::Unavailable { reason: away.reason.clone() })
    }

    pub(super) fn is_known(&self) -> bool {
        self.away().is_some()
    }

    pub(super) fn begins(&self, error: &Error) {
        let reason = match error {
            Error::Unavailable { reason } => reason.clone(),
            other => other.to_string(),
        };
        let mut away = self.away();
        if away.is_none() {
            tracing::warn!(reason, "PostgreSQL is away");
        }
        *away = Some(Away { reason, next_try: Instant::now() + BETWEEN });
    }

    pub(super) fn is_over(&self) {
        if self.away().take().is_some() {
            tracing::info!("PostgreSQL is back");
        }
    }

    fn away(&self) -> MutexGuard<'_, Option<Away>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
