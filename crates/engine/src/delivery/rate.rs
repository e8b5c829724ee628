//! LINE's limits per channel × endpoint, kept across nodes.
//!
//! GCRA (the ITU's generic cell rate algorithm): one row per channel and endpoint holds the time up to which calls are
//! spoken for. A node reserves a slice of at most 100 ms of it at once and spends it by its own clock. This is the
//! machine's time, not the domain's: real calls are paced by it, whatever the simulated calendar says.

use std::time::{Duration, Instant};

use store::{Store, Tx, params};
use tokio::task::JoinHandle;

use super::Endpoint;
use crate::Result;
use crate::engine::RateScale;
use crate::ids::{ChannelId, WorkspaceId};

/// A slice reserves at most this much of the future.
const SLICE: Duration = Duration::from_millis(100);
/// The smallest slice, so that a thin stream does not write a row per call.
const SMALL_SLICE: Duration = Duration::from_millis(10);
/// Unused calls of this much of the past may be made up for. LINE does not publish its bucket's capacity; a tenth of a
/// second is less than any sensible one.
const BURST: Duration = Duration::from_millis(100);
/// Share of LINE's rate that is used: the rest is for our clock and LINE's being different ones.
const SHARE: f64 = 0.995;

/// Time between two calls; `None` without limit.
pub(super) fn interval(scale: RateScale, endpoint: Endpoint) -> Option<Duration> {
    match scale {
        RateScale::Off => None,
        RateScale::Factor(factor) => Some(endpoint.rate().interval().div_f64(factor * SHARE)),
    }
}

/// How many calls LINE takes in `span`; `None` without limit.
pub(super) fn calls_in(scale: RateScale, endpoint: Endpoint, span: Duration) -> Option<usize> {
    let interval = interval(scale, endpoint)?;
    Some(usize::try_from(span.as_nanos() / interval.as_nanos().max(1)).unwrap_or(usize::MAX))
}

/// Calls spoken for.
#[derive(Clone, Copy, Debug)]
struct Slice {
    next: Instant,
    left: u32,
}

/// Paces one channel's one endpoint. Used by one task.
pub(super) struct Pacer {
    store: Store,
    workspace: WorkspaceId,
    channel: ChannelId,
    endpoint: Endpoint,
    interval: Option<Duration>,
    now: Option<Slice>,
    ahead: Option<JoinHandle<Result<Slice>>>,
}

impl Pacer {
    pub(super) fn new(
        store: Store,
        (workspace, channel, endpoint): (WorkspaceId, ChannelId, Endpoint),
        scale: RateScale,
    ) -> Self {
        Self { store, workspace, channel, endpoint, interval: interval(scale, endpoint), now: None, ahead: None }
    }

    /// Waits until one more call may be made. `waiting` says how many are wanted altogether.
    ///
    /// # Errors
    /// The database's; nothing was taken then.
    pub(super) async fn take(&mut self, waiting: usize) -> Result<()> {
        let Some(interval) = self.interval else { return Ok(()) };
        loop {
            if let Some(slice) = &mut self.now {
                forget_missed(slice, interval);
                if slice.left > 0 {
                    let at = slice.next;
                    slice.left -= 1;
                    slice.next += interval;
                    let low = slice.left < calls(SLICE, interval) / 2;
                    if low && waiting > usize::try_from(slice.left).unwrap_or(usize::MAX) && self.ahead.is_none() {
                        self.ahead = Some(self.reserve(waiting, interval));
                    }
                    tokio::time::sleep_until(at.into()).await;
                    return Ok(());
                }
            }
            let reserved = match self.ahead.take() {
                Some(ahead) => ahead,
                None => self.reserve(waiting, interval),
            };
            // The task only panics if the store's does, and is never aborted.
            self.now = Some(reserved.await.map_err(|_| store::Error::Panicked)??);
        }
    }

    /// LINE said "too fast": nobody calls for a while, on any node.
    pub(super) async fn slow_down(&mut self, pause: Duration) -> Result<()> {
        let Some(interval) = self.interval else { return Ok(()) };
        self.now = None;
        self.ahead = None;
        let calls = u32::try_from(pause.as_nanos() / interval.as_nanos().max(1)).unwrap_or(u32::MAX);
        let slice = self.reserve_calls(calls.max(1), interval).await.map_err(|_| store::Error::Panicked)??;
        tokio::time::sleep_until((slice.next + pause).into()).await;
        Ok(())
    }

    fn reserve(&self, waiting: usize, interval: Duration) -> JoinHandle<Result<Slice>> {
        let (least, most) = (calls(SMALL_SLICE, interval), calls(SLICE, interval));
        self.reserve_calls(u32::try_from(waiting).unwrap_or(u32::MAX).clamp(least, most), interval)
    }

    fn reserve_calls(&self, count: u32, interval: Duration) -> JoinHandle<Result<Slice>> {
        let (store, key) = (self.store.clone(), (self.workspace, self.channel, self.endpoint));
        tokio::spawn(async move { store.write_first(move |tx| reserve(tx, key, count, interval)).await })
    }
}

/// Calls not made in time are lost but for [`BURST`].
fn forget_missed(slice: &mut Slice, interval: Duration) {
    let late = Instant::now().saturating_duration_since(slice.next).saturating_sub(BURST);
    let missed = u32::try_from(late.as_nanos() / interval.as_nanos().max(1)).unwrap_or(u32::MAX).min(slice.left);
    slice.left -= missed;
    slice.next += interval * missed;
}

fn calls(span: Duration, interval: Duration) -> u32 {
    u32::try_from(span.as_nanos() / interval.as_nanos().max(1)).unwrap_or(u32::MAX).max(1)
}

/// `$4` is the earliest start and `$5` the length, both in µs; the row holds the end.
const RESERVE: &str =
    "INSERT INTO rates (workspace_id, channel_id, endpoint, tat_us) VALUES ($1, $2, $3, CAST($4 AS BIGINT) + CAST($5 AS BIGINT))
    ON CONFLICT (workspace_id, channel_id, endpoint) DO UPDATE
    SET tat_us = (CASE WHEN rates.tat_us > CAST($4 AS BIGINT) THEN rates.tat_us ELSE CAST($4 AS BIGINT) END) + CAST($5 AS BIGINT)
    RETURNING tat_us";

/// Every statement of this file, for the test that prepares them.
pub const STATEMENTS: &[&str] = &[RESERVE];

fn reserve(
    tx: &mut Tx<'_>,
    (workspace, channel, endpoint): (WorkspaceId, ChannelId, Endpoint),
    count: u32,
    interval: Duration,
) -> Result<Slice> {
    let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4);
    let (here, there) = (Instant::now(), tx.now_ms()? * 1_000);
    let (earliest, length) = (there - micros(BURST), micros(interval * count));
    let end: i64 = tx.query_one(RESERVE, &params![workspace, channel, endpoint, earliest, length], |row| row.get(0))?;
    let start = end - length - there;
    let offset = Duration::from_micros(start.unsigned_abs());
    let next = if start >= 0 { here + offset } else { here.checked_sub(offset).unwrap_or(here) };
    Ok(Slice { next, left: count })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_seconds_of_each_endpoint() {
        let ahead = |scale, endpoint| calls_in(scale, endpoint, Duration::from_secs(2));
        assert_eq!(ahead(RateScale::Off, Endpoint::Push), None);
        assert!((3_920..=4_000).contains(&ahead(RateScale::Factor(1.0), Endpoint::Push).unwrap()));
        assert!((392..=400).contains(&ahead(RateScale::Factor(1.0), Endpoint::Multicast).unwrap()));
        assert!((39..=40).contains(&ahead(RateScale::Factor(0.1), Endpoint::Multicast).unwrap()));
    }

    #[test]
    fn what_is_missed_is_lost_but_for_the_burst() {
        let interval = Duration::from_millis(1);
        let long_ago = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        let mut slice = Slice { next: long_ago, left: 950 };
        forget_missed(&mut slice, interval);
        assert!(slice.left <= 50, "{slice:?}");
        let mut fresh = Slice { next: Instant::now(), left: 10 };
        forget_missed(&mut fresh, interval);
        assert_eq!(fresh.left, 10);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn slices_of_two_nodes_never_overlap() {
        store::testing::both(crate::schema::MIGRATIONS, async |_, store| {
            let key = (WorkspaceId::new(0), ChannelId::new(0), Endpoint::Push);
            let interval = Duration::from_micros(500);
            let mut ends = Vec::new();
            for count in [200, 1, 50] {
                store.write(move |tx| reserve(tx, key, count, interval)).await.unwrap();
                let tat = store.read(move |tx| {
                    tx.query_one("SELECT tat_us FROM rates WHERE workspace_id = $1", &params![key.0], |row| row.get::<i64>(0))
                });
                ends.push(tat.await.unwrap());
            }
            // 200 calls are 100 ms: longer than the pauses between these lines may be made up for.
            assert!(ends[1] - ends[0] >= 500 && ends[2] - ends[1] >= 25_000, "{ends:?}");
        })
        .await;
    }
}
