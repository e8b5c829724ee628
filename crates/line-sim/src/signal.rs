//! News for open phones.

use serde::Serialize;
use tokio::sync::broadcast;

/// Something a page may want to draw anew.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum Signal {
    Room { n: Option<u32>, user_id: String, channel_id: String, group_id: Option<String>, seq: u64 },
    Richmenu { channel_id: String, n: Option<u32> },
    Friendship { n: u32, channel_id: String, state: &'static str },
    Loading { n: u32, channel_id: String, until_ms: i64 },
    Clock,
    Users,
    Channels,
    Reset,
}

const BACKLOG: usize = 1024;

/// Sends signals to whoever listens; costs nothing while nobody does.
pub struct Signals(broadcast::Sender<Signal>);

impl Default for Signals {
    fn default() -> Self {
        Signals(broadcast::channel(BACKLOG).0)
    }
}

impl Signals {
    pub fn tell(&self, signal: impl FnOnce() -> Signal) {
        if self.0.receiver_count() > 0 {
            // An error only says that the last listener just left.
            let _ = self.0.send(signal());
        }
    }

    pub fn listen(&self) -> broadcast::Receiver<Signal> {
        self.0.subscribe()
    }
}
