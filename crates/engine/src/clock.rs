//! The domain clock: due times, quiet hours, reply life, quota month, key age. Movable in simulation.
//! Machine time (leases, HTTP time-outs, pacing of real sends) is tokio's and never comes from here.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How the domain's time follows the machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Domain time = machine time + offset (ms).
    Flowing {
        /// Milliseconds added to the machine's time.
        offset_ms: i64,
    },
    /// Domain time stands still at this Unix millisecond.
    Frozen {
        /// The instant.
        at_ms: i64,
    },
}

/// The clock handed to everything that decides. Cheap to clone.
#[derive(Clone)]
pub struct Clock {
    reading: Arc<watch::Sender<Reading>>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl Clock {
    /// The machine's own time.
    pub fn system() -> Self {
        Self { reading: Arc::new(watch::Sender::new(Reading::Flowing { offset_ms: 0 })) }
    }

    /// A clock that stands still until it is moved.
    pub fn frozen(at_ms: i64) -> Self {
        Self { reading: Arc::new(watch::Sender::new(Reading::Frozen { at_ms })) }
    }

    /// Domain time in Unix milliseconds.
    pub fn now_ms(&self) -> i64 {
        match *self.reading.borrow() {
            Reading::Flowing { offset_ms } => machine_ms() + offset_ms,
            Reading::Frozen { at_ms } => at_ms,
        }
    }

    /// Whether time stands still until somebody moves it: a simulation steps through it.
    pub fn is_stepped(&self) -> bool {
        matches!(*self.reading.borrow(), Reading::Frozen { .. })
    }

    /// Sets the clock. Only the follower of a simulator calls this.
    pub fn set(&self, reading: Reading) {
        self.reading.send_if_modified(|old| {
            let changed = *old != reading;
            *old = reading;
            changed
        });
    }

    /// Waits until domain time reaches `at_ms`, however it gets there.
    pub async fn sleep_until(&self, at_ms: i64) {
        let mut changes = self.reading.subscribe();
        loop {
            let reading = *changes.borrow_and_update();
            let left = at_ms - self.now_ms();
            if left <= 0 {
                return;
            }
            match reading {
                Reading::Flowing { .. } => {
                    let nap = Duration::from_millis(u64::try_from(left).unwrap_or(0).min(60_000));
                    let _ = tokio::time::timeout(nap, changes.changed()).await;
                }
                Reading::Frozen { .. } => {
                    let _ = changes.changed().await;
                }
            }
        }
    }
}

/// The machine's wall clock in Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "the one place where the engine reads the wall clock")]
pub fn machine_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
