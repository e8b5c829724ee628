//! The dispatcher: takes fixed requests, calls LINE at LINE's rate, hands the answers on.
//!
//! One queue and one pacing task per channel × endpoint, urgent lanes first; at most [`CALLS`] calls are on the wire.
//! It holds no truth: whatever is here also stands open in the database and comes back after a crash.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use line::client::Outcome;
use store::Store;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};

use super::outcome::{self, Decision, Said, Wait};
use super::pack::rank;
use super::rate::{Pacer, calls_in};
use super::request::Done;
use super::{Endpoint, Request};
use crate::clock::Clock;
use crate::crash;
use crate::engine::RateScale;
use crate::ids::{ChannelId, RequestId, WorkspaceId};

/// Calls on the wire at once, over all channels.
const CALLS: usize = 512;
/// Pauses before the same request goes again: doubling from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));

/// The way out: one call to LINE, and the emergency stop before it.
pub trait Outlet: Send + Sync + 'static {
    /// Makes the call. A missing token counts as [`line::client::NoAnswer::NotSent`].
    fn send<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome>;
    /// 非常停止.
    fn is_stopped(&self, channel: ChannelId) -> bool;
}

pub(super) type Key = (WorkspaceId, ChannelId, Endpoint);

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Dispatcher(Arc<Inner>);

struct Inner {
    clock: Clock,
    store: Store,
    outlet: Arc<dyn Outlet>,
    scale: RateScale,
    results: mpsc::UnboundedSender<Done>,
    queues: Mutex<HashMap<Key, Arc<Queue>>>,
    shelf: Mutex<Shelf>,
    calls: Arc<Semaphore>,
    /// In memory and not parked: queued, pausing, on the wire, or answered and not recorded.
    live: AtomicUsize,
    /// On the wire, or answered and not recorded.
    busy: AtomicUsize,
    closing: AtomicBool,
    settled: Notify,
}

/// What is known about every request in memory.
#[derive(Default)]
struct Shelf {
    shards: HashSet<i64>,
    known: HashSet<RequestId>,
    parked: HashMap<RequestId, (Request, Parked)>,
}

/// Why a request waits for somebody's hand or the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parked {
    /// 非常停止.
    Stopped,
    /// LINE's month is full.
    Quota,
}

#[derive(Default)]
struct Queue {
    lanes: Mutex<[VecDeque<Request>; 3]>,
    filled: Notify,
    live: AtomicUsize,
    slow: Mutex<Option<Duration>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    fn waiting(&self) -> usize {
        lock(&self.lanes).iter().map(VecDeque::len).sum()
    }

    fn push(&self, request: Request) {
        lock(&self.lanes)[usize::from(rank(request.lane))].push_back(request);
        self.filled.notify_one();
    }

    /// What failed before goes before what is new in its lane.
    fn push_again(&self, request: Request) {
        lock(&self.lanes)[usize::from(rank(request.lane))].push_front(request);
        self.filled.notify_one();
    }

    fn pop(&self) -> Option<Request> {
        lock(&self.lanes).iter_mut().find_map(VecDeque::pop_front)
    }
}

impl Dispatcher {
    pub(super) fn new(
        clock: Clock,
        store: Store,
        outlet: Arc<dyn Outlet>,
        scale: RateScale,
        results: mpsc::UnboundedSender<Done>,
    ) -> Self {
        Self(Arc::new(Inner {
            clock,
            store,
            outlet,
            scale,
            results,
            queues: Mutex::default(),
            shelf: Mutex::default(),
            calls: Arc::new(Semaphore::new(CALLS)),
            live: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            settled: Notify::new(),
        }))
    }

    /// These shards are ours from now on.
    pub(super) fn own(&self, shards: &[i64]) {
        lock(&self.0.shelf).shards.extend(shards);
    }

    /// These shards are not ours any more: their requests are forgotten here, except calls already on the wire.
    pub(super) fn disown(&self, gone: &[i64]) {
        let mut shelf = lock(&self.0.shelf);
        shelf.shards.retain(|shard| !gone.contains(shard));
        let parked: Vec<RequestId> =
            shelf.parked.values().filter(|(request, _)| gone.contains(&request.shard)).map(|(request, _)| request.id).collect();
        for id in parked {
            shelf.parked.remove(&id);
            shelf.known.remove(&id);
        }
        let queues: Vec<Arc<Queue>> = lock(&self.0.queues).values().cloned().collect();
        for queue in queues {
            for lane in lock(&queue.lanes).iter_mut() {
                let (lost, kept): (VecDeque<_>, _) =
                    std::mem::take(lane).into_iter().partition(|request| gone.contains(&request.shard));
                *lane = kept;
                for request in lost {
                    shelf.known.remove(&request.id);
                    self.0.uncount(&queue);
                }
            }
        }
    }

    pub(super) fn is_ours(&self, shard: i64) -> bool {
        lock(&self.0.shelf).shards.contains(&shard)
    }

    /// Takes requests that stand in the database. One that is here already is left alone.
    pub(super) fn take(&self, requests: Vec<Request>) {
        for request in requests {
            {
                let mut shelf = lock(&self.0.shelf);
                if !shelf.shards.contains(&request.shard) || !shelf.known.insert(request.id) {
                    continue;
                }
            }
            let queue = self.queue(&request);
            self.0.count(&queue);
            queue.push(request);
        }
    }

    /// How many requests more may be fixed now for this channel and endpoint: two seconds of LINE's rate, in
    /// proportion to the shards we own, less what waits already.
    pub(super) fn room(&self, key: Key, owned: usize) -> usize {
        const UNLIMITED: usize = 8_192;
        let shards = usize::try_from(crate::ids::SHARDS).unwrap_or(1);
        let ahead = calls_in(self.0.scale, key.2, Duration::from_secs(2)).unwrap_or(UNLIMITED).min(UNLIMITED);
        let share = (ahead * owned.min(shards)).div_ceil(shards);
        let live = lock(&self.0.queues).get(&key).map_or(0, |queue| queue.live.load(Ordering::Acquire));
        share.max(1).saturating_sub(live)
    }

    pub(super) fn in_flight(&self) -> usize {
        self.0.live.load(Ordering::Acquire)
    }

    /// Recorded: the request's life here ends.
    pub(super) fn forget(&self, request: &Request) {
        lock(&self.0.shelf).known.remove(&request.id);
        let queue = self.queue(request);
        self.0.uncount(&queue);
        self.0.unbusy();
    }

    /// Recorded as waiting: it stays in memory but counts as nobody's work.
    pub(super) fn park(&self, request: Request, why: Parked) {
        let queue = self.queue(&request);
        self.0.uncount(&queue);
        let mut shelf = lock(&self.0.shelf);
        if shelf.shards.contains(&request.shard) {
            shelf.parked.insert(request.id, (request, why));
        } else {
            shelf.known.remove(&request.id);
        }
    }

    /// Answered and recorded, though not at its end.
    pub(super) fn unbusy(&self) {
        self.0.unbusy();
    }

    /// Requests that wait and are due for another look: a stop was lifted, or `quota_open` says the month is.
    pub(super) fn unpark(&self, now: i64, quota_open: impl Fn(&Request) -> bool) {
        let mut back = Vec::new();
        {
            let mut shelf = lock(&self.0.shelf);
            let ready: Vec<RequestId> = shelf
                .parked
                .values()
                .filter(|(request, why)| match why {
                    Parked::Stopped => !self.0.outlet.is_stopped(request.channel),
                    Parked::Quota => outcome::before_try(&request.as_try(), now).is_some() || quota_open(request),
                })
                .map(|(request, _)| request.id)
                .collect();
            back.extend(ready.iter().filter_map(|id| shelf.parked.remove(id)).map(|(request, _)| request));
        }
        for request in back {
            let queue = self.queue(&request);
            self.0.count(&queue);
            queue.push_again(request);
        }
    }

    /// Channels that have requests waiting for quota.
    pub(super) fn waiting_for_quota(&self) -> HashSet<(WorkspaceId, ChannelId)> {
        let shelf = lock(&self.0.shelf);
        let waiting = shelf.parked.values().filter(|(_, why)| *why == Parked::Quota);
        waiting.map(|(request, _)| (request.workspace, request.channel)).collect()
    }

    /// Starts no more calls and waits until those on the wire are answered and recorded, at most `limit`.
    pub(super) async fn drain(&self, limit: Duration) {
        self.0.closing.store(true, Ordering::Release);
        let quiet = async {
            loop {
                let settled = self.0.settled.notified();
                if self.0.busy.load(Ordering::Acquire) == 0 {
                    return;
                }
                settled.await;
            }
        };
        if tokio::time::timeout(limit, quiet).await.is_err() {
            tracing::warn!("calls to LINE were still open at the end; they are asked again at the next start");
        }
    }

    fn queue(&self, request: &Request) -> Arc<Queue> {
        let key = request.lane_key();
        let mut queues = lock(&self.0.queues);
        let queue = queues.entry(key).or_insert_with(|| {
            let queue = Arc::new(Queue::default());
            let pacer = Pacer::new(self.0.store.clone(), key, self.0.scale);
            tokio::spawn(run(self.clone(), queue.clone(), pacer));
            queue
        });
        queue.clone()
    }
}

impl Inner {
    fn count(&self, queue: &Queue) {
        self.live.fetch_add(1, Ordering::AcqRel);
        queue.live.fetch_add(1, Ordering::AcqRel);
    }

    fn uncount(&self, queue: &Queue) {
        self.live.fetch_sub(1, Ordering::AcqRel);
        queue.live.fetch_sub(1, Ordering::AcqRel);
    }

    fn unbusy(&self) {
        if self.busy.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.settled.notify_waiters();
        }
    }
}

/// Empties one queue at LINE's rate.
async fn run(dispatcher: Dispatcher, queue: Arc<Queue>, mut pacer: Pacer) {
    let inner = dispatcher.0.clone();
    loop {
        let waiting = queue.waiting();
        if waiting == 0 {
            queue.filled.notified().await;
            continue;
        }
        let slow = lock(&queue.slow).take();
        if let Some(pause) = slow
            && let Err(error) = pacer.slow_down(pause).await
        {
            tracing::warn!(%error, "the rate could not be lowered");
        }
        let Ok(permit) = inner.calls.clone().acquire_owned().await else { return };
        if let Err(error) = pacer.take(waiting).await {
            tracing::warn!(%error, "no call could be reserved");
            tokio::time::sleep(BACKOFF.0).await;
            continue;
        }
        if inner.closing.load(Ordering::Acquire) {
            return;
        }
        if let Some(request) = queue.pop() {
            inner.busy.fetch_add(1, Ordering::AcqRel);
            tokio::spawn(attempt(dispatcher.clone(), queue.clone(), request, permit));
        }
    }
}

/// One try.
async fn attempt(dispatcher: Dispatcher, queue: Arc<Queue>, mut request: Request, permit: OwnedSemaphorePermit) {
    let inner = &dispatcher.0;
    if inner.outlet.is_stopped(request.channel) {
        dispatcher.park(request, Parked::Stopped);
        inner.unbusy();
        return;
    }
    let (decision, said) = match outcome::before_try(&request.as_try(), inner.clock.now_ms()) {
        Some(decision) => (decision, Said::default()),
        None => {
            request.attempts += 1;
            let answer = call(inner, &request).await;
            (outcome::decide(&request.as_try(), &answer), Said::of(&answer))
        }
    };
    drop(permit);
    let at = inner.clock.now_ms();
    match &decision {
        Decision::Accepted { .. } => crash::point("accepted_unrecorded"),
        Decision::Again { doubt, wait } => {
            request.doubt = *doubt;
            let pause = pause_before(&request, *wait);
            if *wait == Wait::Rate {
                *lock(&queue.slow) = Some(pause);
            }
            // Noted, so that staff see why it takes long; the pause does not wait for that.
            tokio::spawn(again(dispatcher.clone(), queue, request.clone(), pause));
        }
        Decision::Hold { doubt } => request.doubt = *doubt,
        _ => {}
    }
    // The recorder lives as long as the dispatcher.
    let _ = inner.results.send(Done { request, decision, said, at });
}

async fn call(inner: &Inner, request: &Request) -> Outcome {
    let mut sending = inner.outlet.send(request);
    if let std::task::Poll::Ready(answer) = futures::poll!(&mut sending) {
        return answer;
    }
    // Let the connection's task put the bytes on the wire before a planned crash.
    tokio::task::yield_now().await;
    crash::point("attempted");
    sending.await
}

async fn again(dispatcher: Dispatcher, queue: Arc<Queue>, request: Request, pause: Duration) {
    tokio::time::sleep(pause).await;
    if dispatcher.is_ours(request.shard) {
        queue.push_again(request);
    } else {
        lock(&dispatcher.0.shelf).known.remove(&request.id);
        dispatcher.0.uncount(&queue);
    }
}

/// Doubling pauses, spread by the request's id so that many do not come back in step.
fn pause_before(request: &Request, wait: Wait) -> Duration {
    if wait == Wait::Token && request.attempts <= 1 {
        return Duration::ZERO;
    }
    let doublings = u32::try_from(request.attempts.clamp(1, 12) - 1).unwrap_or(0);
    let pause = (BACKOFF.0 * 2u32.pow(doublings)).min(BACKOFF.1);
    let spread = u32::from(request.key().as_bytes()[15]);
    pause + pause * spread / 1_024
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::Lane;

    #[test]
    fn urgent_lanes_go_first_and_repeats_before_new_ones() {
        let queue = Queue::default();
        let request = |n: u128, lane: Lane| Request { lane, ..super::super::testing::push(n) };
        queue.push(request(1, Lane::Marketing));
        queue.push(request(2, Lane::Promised));
        queue.push(request(3, Lane::Chat));
        queue.push(request(4, Lane::Transactional));
        queue.push_again(request(5, Lane::Marketing));
        let order: Vec<u128> = std::iter::from_fn(|| queue.pop()).map(|request| request.key().as_u128()).collect();
        assert_eq!(order, [3, 4, 2, 5, 1]);
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut request = super::super::testing::push(0);
        let mut last = Duration::ZERO;
        for attempts in 1..40 {
            request.attempts = attempts;
            let pause = pause_before(&request, Wait::Backoff);
            assert!(pause >= last && pause <= BACKOFF.1 * 2, "{attempts}: {pause:?}");
            last = pause;
        }
        request.attempts = 1;
        assert_eq!(pause_before(&request, Wait::Token), Duration::ZERO);
    }
}
