//! Writes the log back into the file on a thread of its own: a writer that did it itself would stand still meanwhile.

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use super::link::{Link, trouble};
use super::upkeep::run;
use crate::Result;

/// Pages (of 4 KiB) in the log at which they are written back the first time, and how many more until the next.
const FIRST: i32 = 6_000;
const NEXT: i32 = 2_000;
/// Pages at which the log shall begin anew: in place, for a file that grows costs more than one that is written over.
const FULL: i32 = 12_000;

/// The thread, and when it is asked.
pub(super) struct Checkpoints {
    /// Pages in the log, as the last COMMIT left it.
    pages: Arc<AtomicI32>,
    next: i32,
    ask: Option<mpsc::SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Watches the commits of `writer`; `beside` is a connection of the thread's own.
    pub(super) fn start(writer: &mut Link, beside: Link) -> Result<Self> {
        let pages = Arc::new(AtomicI32::new(0));
        let seen = Arc::clone(&pages);
        let watch = move |_: &mut rusqlite::hooks::Wal, now: i32| -> rusqlite::Result<()> {
            seen.store(now, Ordering::Relaxed);
            Ok(())
        };
        writer.connection.wal_hook(Some(watch)).map_err(trouble)?;
        let (ask, asked) = mpsc::sync_channel(1);
        let body = move || asked.iter().for_each(|()| run(&beside, "PRAGMA wal_checkpoint(PASSIVE)"));
        let thread = super::open::start("store-checkpoint".into(), body)?;
        Ok(Self { pages, next: FIRST, ask: Some(ask), thread: Some(thread) })
    }

    /// Whether the log is so long that it should begin anew.
    pub(super) fn is_full(&self) -> bool {
        self.pages.load(Ordering::Relaxed) >= FULL
    }

    /// The log began anew.
    pub(super) fn forget(&mut self) {
        self.pages.store(0, Ordering::Relaxed);
        self.next = FIRST;
    }

    /// Asks the thread when it is time; costs a look at a number otherwise.
    pub(super) fn after_group(&mut self) {
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < self.next - NEXT {
            // The log began anew.
            self.next = FIRST;
        }
        if pages < self.next {
            return;
        }
        // It may still be at the last one: then that is asked for again later.
        if self.ask.as_ref().is_some_and(|ask| ask.try_send(()).is_ok()) {
            self.next = pages + NEXT;
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.ask = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}
