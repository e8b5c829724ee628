//! The simulator's clock: frozen or flowing, movable, with things due on it.

use crate::sync::Lock;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Work that becomes due at a moment of the simulator's clock.
pub type Job = Box<dyn FnOnce() + Send>;

struct Face {
    /// Simulated ms at `mark`.
    base_ms: i64,
    mark: Instant,
    flowing: bool,
}

/// Simulated time in Unix milliseconds.
pub struct Clock {
    face: std::sync::RwLock<Face>,
    born: Instant,
    /// Sum of all jumps forward, so that rate buckets refill over skipped time.
    skipped_ms: AtomicU64,
    due: Lock<Due>,
    /// Held while due jobs run: who finds nothing due must know that what was due has been done.
    firing: Lock<()>,
}

#[derive(Default)]
struct Due {
    heap: BinaryHeap<Reverse<(i64, u64)>>,
    jobs: BTreeMap<u64, Job>,
    next_id: u64,
}

impl Clock {
    pub fn new(now_ms: i64, flowing: bool) -> Clock {
        Clock {
            face: std::sync::RwLock::new(Face { base_ms: now_ms, mark: Instant::now(), flowing }),
            born: Instant::now(),
            skipped_ms: AtomicU64::new(0),
            due: Lock::new(Due::default()),
            firing: Lock::default(),
        }
    }

    fn face(&self) -> std::sync::RwLockReadGuard<'_, Face> {
        self.face.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn face_mut(&self) -> std::sync::RwLockWriteGuard<'_, Face> {
        self.face.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub fn now_ms(&self) -> i64 {
        self.face().now_ms()
    }

    pub fn flowing(&self) -> bool {
        self.face().flowing
    }

    /// Microseconds for rate limits: machine time plus every jump forward. Real sends are paced by
    /// the machine; a skipped hour refills the hour's bucket.
    pub fn pace_us(&self) -> i64 {
        let skipped = self.skipped_ms.load(Ordering::Relaxed) as i64;
        self.born.elapsed().as_micros() as i64 + skipped * 1000
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, now_ms: i64) {
        let mut face = self.face_mut();
        let jump = now_ms - face.now_ms();
        face.base_ms = now_ms;
        face.mark = Instant::now();
        if jump > 0 {
            self.skipped_ms.fetch_add(jump as u64, Ordering::Relaxed);
        }
    }

    /// Lets the clock run with the machine's, or freezes it where it stands.
    pub fn flow(&self, flowing: bool) {
        let mut face = self.face_mut();
        face.base_ms = face.now_ms();
        face.mark = Instant::now();
        face.flowing = flowing;
    }

    /// Plans a job.
    pub fn plan(&self, due_ms: i64, job: Job) {
        let mut due = self.due.lock();
        let id = due.next_id;
        due.next_id += 1;
        due.heap.push(Reverse((due_ms, id)));
        due.jobs.insert(id, job);
    }

    pub fn next_due(&self) -> Option<i64> {
        self.due.lock().heap.peek().map(|Reverse((at, _))| *at)
    }

    /// Forgets every planned job.
    pub fn clear(&self) {
        *self.due.lock() = Due::default();
    }

    /// Runs what is due, in order of due time. When this returns, nothing due is left and no job is still running.
    pub fn fire_due(&self) {
        let _firing = self.firing.lock();
        let now = self.now_ms();
        loop {
            let job = {
                let mut due = self.due.lock();
                match due.heap.peek() {
                    Some(Reverse((at, id))) if *at <= now => {
                        let id = *id;
                        due.heap.pop();
                        due.jobs.remove(&id)
                    }
                    _ => return,
                }
            };
            if let Some(job) = job {
                job();
            }
        }
    }

    /// Machine time until the next due job of a flowing clock.
    pub fn wait_for_next(&self) -> Option<Duration> {
        if !self.flowing() {
            return None;
        }
        let left = self.next_due()? - self.now_ms();
        Some(Duration::from_millis(left.max(0) as u64))
    }
}

impl Face {
    fn now_ms(&self) -> i64 {
        if self.flowing { self.base_ms + self.mark.elapsed().as_millis() as i64 } else { self.base_ms }
    }
}

/// Unix milliseconds as RFC 3339 with milliseconds, UTC.
pub fn rfc3339(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).map(|t| format!("{t:.3}")).unwrap_or_default()
}

/// JST is UTC+9 without daylight saving; LINE's dates and its quota month are Japanese (reference: Insight, quota).
pub fn jst() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::fixed(jiff::tz::offset(9))
}

/// The JST calendar day of a moment, as `yyyyMMdd`.
pub fn jst_day(ms: i64) -> String {
    let day = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(jst()).date();
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// First and last moment (exclusive) of the JST month around `ms`.
pub fn jst_month(ms: i64) -> (i64, i64) {
    let zoned = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(jst());
    let first = zoned.date().first_of_month();
    let next = first.saturating_add(jiff::Span::new().months(1));
    let at = |day: jiff::civil::Date| day.to_zoned(jst()).map(|z| z.timestamp().as_millisecond()).unwrap_or(ms);
    (at(first), at(next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[test]
    fn due_jobs_run_in_order_of_their_time() {
        let clock = Clock::new(1000, false);
        let seen = Arc::new(Mutex::new(Vec::new()));
        for at in [3000, 1500, 2000] {
            let seen = seen.clone();
            clock.plan(at, Box::new(move || seen.lock().unwrap().push(at)));
        }
        clock.set(2500);
        clock.fire_due();
        assert_eq!(*seen.lock().unwrap(), [1500, 2000]);
        assert_eq!(clock.next_due(), Some(3000));
    }

    #[test]
    fn the_quota_month_is_japanese() {
        // 2026-10-31T15:00Z is 1 November, 00:00 in Japan.
        let ms = "2026-10-31T15:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        assert_eq!(jst_month(ms).0, ms);
        assert_eq!(jst_month(ms - 1).1, ms);
        assert_eq!(jst_day(ms), "20261101");
    }

    #[test]
    fn jumps_refill_rate_buckets() {
        let clock = Clock::new(0, false);
        let before = clock.pace_us();
        clock.set(3_600_000);
        assert!(clock.pace_us() - before >= 3_600_000_000);
    }
}
