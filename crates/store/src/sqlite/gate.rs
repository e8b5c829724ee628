//! Gives the writer a moment without readers.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Readers pass through it; the writer may shut it for a moment.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    inside: usize,
    shut: bool,
}

/// A reader inside; leaves when dropped.
pub(super) struct Pass<'g>(&'g Gate);

impl Gate {
    /// Waits while the gate is shut.
    pub(super) fn enter(&self) -> Pass<'_> {
        let waited = self.0.changed.wait_while(self.state(), |state| state.shut);
        waited.unwrap_or_else(PoisonError::into_inner).inside += 1;
        Pass(self)
    }

    /// Shuts the gate, does `work` once all readers are out, and opens it again. Gives up without `work` when somebody
    /// is still inside after `patience`.
    pub(super) fn without_readers(&self, patience: Duration, work: impl FnOnce()) {
        let mut state = self.state();
        state.shut = true;
        let waited = self.0.changed.wait_timeout_while(state, patience, |state| state.inside > 0);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        drop(state);
        if !timeout.timed_out() {
            work();
        }
        self.state().shut = false;
        self.0.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that can panic runs under this lock.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.state().inside -= 1;
        self.0.0.changed.notify_all();
    }
}
