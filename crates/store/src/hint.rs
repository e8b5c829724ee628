//! Wake-up hints: "there is something new on this channel". Whoever polls is right without them, only later.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, mpsc};

/// Hints kept for a subscriber that is behind; beyond that it is told to look everywhere.
pub(crate) const BACKLOG: usize = 1_024;

/// What a subscriber is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// Something new on this channel.
    On(Arc<str>),
    /// Hints were lost: look everywhere.
    Missed,
}

/// A subscription to hints.
pub struct Hints(broadcast::Receiver<Hint>);

impl Hints {
    /// Waits for the next hint; `None` when the store is closed. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Hint> {
        match self.0.recv().await {
            Ok(hint) => Some(hint),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Hint::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// Takes hints and hands them to subscribers, and to other nodes where there are any.
pub(crate) struct Switchboard(Mutex<Option<Lines>>);

struct Lines {
    local: broadcast::Sender<Hint>,
    abroad: Option<mpsc::UnboundedSender<Arc<str>>>,
}

impl Switchboard {
    /// One process, no other nodes.
    pub(crate) fn local() -> Self {
        Self::with(broadcast::Sender::new(BACKLOG), None)
    }

    pub(crate) fn with(local: broadcast::Sender<Hint>, abroad: Option<mpsc::UnboundedSender<Arc<str>>>) -> Self {
        Self(Mutex::new(Some(Lines { local, abroad })))
    }

    pub(crate) fn notify(&self, channel: &str) {
        let lines = self.lines();
        let Some(lines) = &*lines else { return };
        let channel: Arc<str> = channel.into();
        if let Some(abroad) = &lines.abroad {
            // It fails only when the line's thread is gone; hints are best effort.
            let _ = abroad.send(Arc::clone(&channel));
        }
        // Nobody listening is no error.
        let _ = lines.local.send(Hint::On(channel));
    }

    pub(crate) fn subscribe(&self) -> Hints {
        let ended = || broadcast::Sender::new(1).subscribe();
        Hints(self.lines().as_ref().map_or_else(ended, |lines| lines.local.subscribe()))
    }

    /// Subscribers get no further hint and end.
    pub(crate) fn close(&self) {
        self.lines().take();
    }

    fn lines(&self) -> MutexGuard<'_, Option<Lines>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
