//! What the writers have been doing.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Upper bounds in milliseconds of the buckets of [`Stats::commit_ms`]; the last bucket is everything above.
pub const COMMIT_BUCKETS_MS: [u64; 8] = [1, 2, 5, 10, 20, 50, 100, 500];

/// Upper bounds of the buckets of [`Stats::group_sizes`]; the last bucket is everything above.
pub const GROUP_BUCKETS: [u64; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

/// The longest a write transaction may take (design: no write transaction over 50 ms).
pub(crate) const SLOW: Duration = Duration::from_millis(50);

/// A snapshot of counters since the store was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Jobs waiting in the first lane.
    pub waiting_first: usize,
    /// Jobs waiting in the ordinary lane.
    pub waiting: usize,
    /// Reads waiting for a reader.
    pub waiting_reads: usize,
    /// Write closures answered.
    pub writes: u64,
    /// Transactions committed.
    pub commits: u64,
    /// Groups or transactions that were dropped and run again.
    pub reruns: u64,
    /// Write transactions that took over 50 ms.
    pub slow: u64,
    /// The longest write transaction in microseconds.
    pub longest_us: u64,
    /// Transactions by number of closures, see [`GROUP_BUCKETS`].
    pub group_sizes: [u64; 9],
    /// Transactions by duration from BEGIN to the end of COMMIT, see [`COMMIT_BUCKETS_MS`].
    pub commit_ms: [u64; 9],
}

/// The counters behind [`Stats`].
#[derive(Default)]
pub(crate) struct Counters {
    writes: AtomicU64,
    commits: AtomicU64,
    reruns: AtomicU64,
    slow: AtomicU64,
    longest_us: AtomicU64,
    group_sizes: [AtomicU64; 9],
    commit_ms: [AtomicU64; 9],
}

impl Counters {
    /// A transaction of `jobs` closures that took `took` was committed.
    pub(crate) fn committed(&self, jobs: usize, took: Duration) {
        let jobs = jobs as u64;
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.writes.fetch_add(jobs, Relaxed);
        self.commits.fetch_add(1, Relaxed);
        self.longest_us.fetch_max(micros, Relaxed);
        self.group_sizes[bucket(&GROUP_BUCKETS, jobs)].fetch_add(1, Relaxed);
        self.commit_ms[bucket(&COMMIT_BUCKETS_MS, micros.div_ceil(1000))].fetch_add(1, Relaxed);
        if took > SLOW {
            self.slow.fetch_add(1, Relaxed);
            tracing::warn!(jobs, ms = micros / 1000, "write transaction over 50 ms");
        }
    }

    pub(crate) fn rerun(&self) {
        self.reruns.fetch_add(1, Relaxed);
    }

    pub(crate) fn snapshot(&self, writes: (usize, usize), reads: usize) -> Stats {
        Stats {
            waiting_first: writes.0,
            waiting: writes.1,
            waiting_reads: reads,
            writes: self.writes.load(Relaxed),
            commits: self.commits.load(Relaxed),
            reruns: self.reruns.load(Relaxed),
            slow: self.slow.load(Relaxed),
            longest_us: self.longest_us.load(Relaxed),
            group_sizes: std::array::from_fn(|index| self.group_sizes[index].load(Relaxed)),
            commit_ms: std::array::from_fn(|index| self.commit_ms[index].load(Relaxed)),
        }
    }
}

fn bucket(bounds: &[u64; 8], value: u64) -> usize {
    bounds.iter().position(|&bound| value <= bound).unwrap_or(bounds.len())
}
