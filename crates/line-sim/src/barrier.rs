//! Moving the clock together with the servers that follow it.
//!
//! A step is made only when nothing is under way: no webhook waits, no API call is open, and every
//! live follower has said "idle" after the last thing that could have woken it. When a report arrives says nothing of
//! when the follower looked: a webhook may have come in between. So each answer carries a mark, and a report gives back
//! the mark it had in hand when it looked.

use crate::clock::Clock;
use crate::sync::Lock;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A follower unheard of for this long no longer holds the clock (machine time).
const SILENCE: Duration = Duration::from_secs(2);
/// A poll is answered after this long even when nothing happened.
const POLL_MAX: Duration = Duration::from_secs(10);

/// What a follower reports.
#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    pub follower: String,
    pub seen_ms: Option<i64>,
    pub next_due_ms: Option<i64>,
    #[serde(default)]
    pub idle: bool,
    /// The mark of the answer the follower had before it looked at itself; without one it is taken to have looked the
    /// moment its report arrives.
    #[serde(default)]
    pub mark: Option<u64>,
}

/// What the clock shows.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Face {
    pub now_ms: i64,
    pub flowing: bool,
    pub target_ms: Option<i64>,
}

/// What a follower is told.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Told {
    #[serde(flatten)]
    pub face: Face,
    /// Everything that could wake a follower was answered before this was written, up to this mark.
    pub mark: u64,
}

/// One line of the clock's list of followers.
#[derive(Debug, Clone, Serialize)]
pub struct FollowerView {
    pub name: String,
    pub seen_ms: Option<i64>,
    pub next_due_ms: Option<i64>,
    pub idle: bool,
    pub polling: bool,
    pub silent_ms: u64,
}

struct Follower {
    report: Report,
    /// `activity` when the follower looked; idleness is worth nothing once activity moved on.
    reported_at: u64,
    /// Which report is the newest: an older, still hanging poll must not speak for it.
    turn: u64,
    polling: bool,
    heard: Instant,
    told_version: u64,
}

/// Why an advance ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdvanceError {
    #[error("another advance is running")]
    Busy,
    #[error("the target was not reached in time")]
    TimedOut,
}

/// Counts what is under way and keeps the followers' reports.
pub struct Barrier {
    activity: AtomicU64,
    open_calls: AtomicUsize,
    pending_webhooks: AtomicUsize,
    advancing: AtomicBool,
    state: Lock<State>,
    pulse: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    followers: BTreeMap<String, Follower>,
    target_ms: Option<i64>,
    /// Rises with every step, set and flow switch.
    version: u64,
    turn: u64,
}

impl Default for Barrier {
    fn default() -> Self {
        Barrier {
            activity: AtomicU64::new(0),
            open_calls: AtomicUsize::new(0),
            pending_webhooks: AtomicUsize::new(0),
            advancing: AtomicBool::new(false),
            state: Lock::new(State::default()),
            pulse: watch::channel(0).0,
        }
    }
}

/// An API call under way; ends with the value's life, however the call ends.
pub struct OpenCall<'a>(&'a Barrier);

impl Drop for OpenCall<'_> {
    fn drop(&mut self) {
        self.0.open_calls.fetch_sub(1, Ordering::SeqCst);
        self.0.stir();
    }
}

impl Barrier {
    /// Something happened that may wake a follower.
    fn stir(&self) {
        self.activity.fetch_add(1, Ordering::SeqCst);
        if self.advancing.load(Ordering::Relaxed) {
            self.beat();
        }
    }

    fn beat(&self) {
        self.pulse.send_modify(|n| *n += 1);
    }

    pub fn open_call(&self) -> OpenCall<'_> {
        self.open_calls.fetch_add(1, Ordering::SeqCst);
        OpenCall(self)
    }

    pub fn webhooks_queued(&self, count: usize) {
        self.pending_webhooks.fetch_add(count, Ordering::SeqCst);
    }

    pub fn webhooks_settled(&self, count: usize) {
        // Activity first: the queue must not look empty while the answer is not yet counted.
        self.activity.fetch_add(1, Ordering::SeqCst);
        self.pending_webhooks.fetch_sub(count, Ordering::SeqCst);
        self.stir();
    }

    /// Whether an advance is running: then it alone lets fire what is due.
    pub fn advancing(&self) -> bool {
        self.advancing.load(Ordering::SeqCst)
    }

    pub fn pending_webhooks(&self) -> usize {
        self.pending_webhooks.load(Ordering::SeqCst)
    }

    pub fn face(&self, clock: &Clock) -> Face {
        let target_ms = self.state.lock().target_ms;
        Face { now_ms: clock.now_ms(), flowing: clock.flowing() && target_ms.is_none(), target_ms }
    }

    pub fn followers(&self) -> Vec<FollowerView> {
        let state = self.state.lock();
        let view = |(name, f): (&String, &Follower)| FollowerView {
            name: name.clone(),
            seen_ms: f.report.seen_ms,
            next_due_ms: f.report.next_due_ms,
            idle: f.report.idle,
            polling: f.polling,
            silent_ms: if f.polling { 0 } else { f.heard.elapsed().as_millis() as u64 },
        };
        state.followers.iter().map(view).collect()
    }

    /// Tells followers that the clock was set or switched.
    pub fn clock_changed(&self) {
        self.state.lock().version += 1;
        self.stir();
        self.beat();
    }

    /// One long poll.
    pub async fn follow(&self, clock: &Clock, report: Report) -> Told {
        let mut pulse = self.pulse.subscribe();
        let name = report.follower.clone();
        let (idle, seen_ms) = (report.idle, report.seen_ms);
        let reported_at = report.mark.unwrap_or_else(|| self.activity.load(Ordering::SeqCst));
        let (turn, told) = self.register(report, reported_at);
        let mut poll = Poll { barrier: self, name, turn, answered: false };
        self.beat();
        let deadline = tokio::time::Instant::now() + POLL_MAX;
        if idle {
            loop {
                let stale = self.activity.load(Ordering::SeqCst) != reported_at;
                let face = self.face(clock);
                let moved = {
                    let state = self.state.lock();
                    state.version != told || state.turn_of(&poll.name) != Some(turn)
                };
                // Whoever has not seen the time yet is told; on a frozen clock, whoever has another.
                let unseen = seen_ms.is_none() || (!face.flowing && seen_ms != Some(face.now_ms));
                if moved || unseen || (stale && self.advancing.load(Ordering::SeqCst)) {
                    break;
                }
                if tokio::time::timeout_at(deadline, pulse.changed()).await.is_err() {
                    break;
                }
            }
        }
        poll.answered = true;
        let mut state = self.state.lock();
        let version = state.version;
        if let Some(follower) = state.followers.get_mut(&poll.name).filter(|f| f.turn == turn) {
            follower.told_version = version;
        }
        drop(state);
        // The mark before the time: a step in between makes the mark old, never the time.
        let mark = self.activity.load(Ordering::SeqCst);
        Told { face: self.face(clock), mark }
    }

    /// Keeps a report; answers its turn and the version this follower was last told.
    fn register(&self, report: Report, reported_at: u64) -> (u64, u64) {
        let mut state = self.state.lock();
        state.turn += 1;
        let turn = state.turn;
        let told = state.followers.get(&report.follower).map(|f| f.told_version);
        // A newcomer with the right time in hand needs no telling.
        let told = told.unwrap_or(state.version);
        let polling = report.idle;
        let follower = Follower { reported_at, turn, polling, heard: Instant::now(), told_version: told, report: report.clone() };
        state.followers.insert(report.follower, follower);
        (turn, told)
    }

    /// Moves the clock to `target_ms`, visiting every due moment on the way. Answers the number of steps.
    pub async fn advance(&self, clock: &Clock, target_ms: i64, timeout: Duration) -> Result<u64, AdvanceError> {
        if self.advancing.swap(true, Ordering::SeqCst) {
            return Err(AdvanceError::Busy);
        }
        let was_flowing = clock.flowing();
        clock.flow(false);
        self.state.lock().target_ms = Some(target_ms);
        self.clock_changed();
        let run = Advance { barrier: self, clock, was_flowing };
        tokio::time::timeout(timeout, run.to(target_ms)).await.map_err(|_| AdvanceError::TimedOut)
    }

    /// Whether everybody knows what time it is. What is due fires only then: a webhook must not reach a server that
    /// still has the time before.
    fn seen(&self, now_ms: i64) -> Result<(), Duration> {
        self.all(|follower| follower.report.seen_ms == Some(now_ms))
    }

    /// Whether a step may be made.
    fn settled(&self, now_ms: i64) -> Result<(), Duration> {
        if self.pending_webhooks() > 0 || self.open_calls.load(Ordering::SeqCst) > 0 {
            return self.all(|_| false);
        }
        let activity = self.activity.load(Ordering::SeqCst);
        self.all(|f| f.report.idle && f.reported_at == activity && f.report.seen_ms == Some(now_ms))
    }

    /// Whether all live followers are so; if not, how long until a silent one falls out.
    fn all(&self, so: impl Fn(&Follower) -> bool) -> Result<(), Duration> {
        let mut state = self.state.lock();
        state.followers.retain(|_, f| f.polling || f.heard.elapsed() < SILENCE);
        let left = |f: &Follower| if f.polling { SILENCE } else { SILENCE.saturating_sub(f.heard.elapsed()) };
        match state.followers.values().filter(|f| !so(f)).map(left).min() {
            None => Ok(()),
            Some(left) => Err(left + Duration::from_millis(1)),
        }
    }

    fn next_stop(&self, clock: &Clock, target_ms: i64) -> i64 {
        let now = clock.now_ms();
        let state = self.state.lock();
        let dues = state.followers.values().filter_map(|f| f.report.next_due_ms);
        dues.chain(clock.next_due()).filter(|due| *due > now).chain([target_ms]).min().unwrap_or(target_ms).min(target_ms)
    }
}

impl State {
    fn turn_of(&self, name: &str) -> Option<u64> {
        self.followers.get(name).map(|f| f.turn)
    }
}

struct Advance<'a> {
    barrier: &'a Barrier,
    clock: &'a Clock,
    was_flowing: bool,
}

impl Advance<'_> {
    async fn to(&self, target_ms: i64) -> u64 {
        let mut pulse = self.barrier.pulse.subscribe();
        let mut steps = 0;
        loop {
            pulse.mark_unchanged();
            let now = self.clock.now_ms();
            let quiet = self.barrier.seen(now).and_then(|()| {
                self.clock.fire_due();
                self.barrier.settled(now)
            });
            match quiet {
                Ok(()) if now >= target_ms => return steps,
                Ok(()) => {
                    self.clock.set(self.barrier.next_stop(self.clock, target_ms));
                    steps += 1;
                    self.barrier.clock_changed();
                }
                Err(wait) => {
                    let _ = tokio::time::timeout(wait, pulse.changed()).await;
                }
            }
        }
    }
}

impl Drop for Advance<'_> {
    fn drop(&mut self) {
        self.barrier.state.lock().target_ms = None;
        self.clock.flow(self.was_flowing);
        self.barrier.advancing.store(false, Ordering::SeqCst);
        self.barrier.clock_changed();
    }
}

/// A hanging poll; its end – answered or broken – is noticed.
struct Poll<'a> {
    barrier: &'a Barrier,
    name: String,
    turn: u64,
    answered: bool,
}

impl Drop for Poll<'_> {
    fn drop(&mut self) {
        let mut state = self.barrier.state.lock();
        if state.turn_of(&self.name) != Some(self.turn) {
            return;
        }
        if self.answered {
            if let Some(follower) = state.followers.get_mut(&self.name) {
                follower.polling = false;
                follower.heard = Instant::now();
            }
        } else {
            state.followers.remove(&self.name);
        }
        drop(state);
        self.barrier.beat();
    }
}
