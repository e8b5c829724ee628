//! Wake-up hints: "there is something new on this channel". Whoever polls is right without them, only later.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{broadcast, mpsc};

/// Hints kept for a subscriber that is behind; beyond that it is told to look everywhere.
const BACKLOG: usize = 1_024;

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
pub(crate) struct Switchboard {
    local: Mutex<Option<broadcast::Sender<Hint>>>,
    /// The line to other nodes.
    abroad: Option<mpsc::UnboundedSender<Arc<str>>>,
}

impl Switchboard {
    /// One process, no other nodes.
    pub(crate) fn local() -> Self {
        Self::with(broadcast::Sender::new(BACKLOG), None)
    }

    pub(crate) fn with(
        local: broadcast::Sender<Hint>,
        abroad: Option<mpsc::UnboundedSender<Arc<str>>>,
    ) -> Self {
        Self {
            local: Mutex::new(Some(local)),
            abroad,
        }
    }

    pub(crate) fn notify(&self, channel: &str) {
        let channel: Arc<str> = channel.into();
        if let Some(abroad) = &self.abroad {
            // Closed together with the store.
            let _ = abroad.send(Arc::clone(&channel));
        }
        if let Some(local) = &*self.sender() {
            // Nobody listening is no error.
            let _ = local.send(Hint::On(channel));
        }
    }

    pub(crate) fn subscribe(&self) -> Hints {
        let closed = || broadcast::Sender::new(1).subscribe();
        Hints(
            self.sender()
                .as_ref()
                .map_or_else(closed, broadcast::Sender::subscribe),
        )
    }

    /// Subscribers get no further hint and end.
    pub(crate) fn close(&self) {
        self.sender().take();
    }

    fn sender(&self) -> MutexGuard<'_, Option<broadcast::Sender<Hint>>> {
        self.local.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
