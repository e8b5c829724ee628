//! Rate limits: one bucket per channel × endpoint × method, as GCRA on an atomic.

use crate::route::Rate;
use std::sync::atomic::{AtomicI64, Ordering};

/// A channel's buckets, one per endpoint.
pub struct Buckets(Vec<AtomicI64>);

/// How strictly rates are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RateScale {
    Off,
    /// All rates times this.
    Times(f64),
}

impl Buckets {
    pub fn new(endpoints: usize) -> Buckets {
        Buckets((0..endpoints).map(|_| AtomicI64::new(i64::MIN / 2)).collect())
    }

    /// Takes one call; `false` when the bucket is empty. `now_us` must not run backwards.
    pub fn take(&self, endpoint: usize, rate: Rate, scale: RateScale, now_us: i64) -> bool {
        let factor = match scale {
            RateScale::Off => return true,
            RateScale::Times(factor) => factor.max(1e-6),
        };
        let window_us = i64::from(rate.window_s) * 1_000_000;
        // Time one call costs; a full bucket holds one window's worth of calls.
        let cost_us = (window_us as f64 / (f64::from(rate.calls) * factor)).max(1.0) as i64;
        let Some(slot) = self.0.get(endpoint) else {
            return true;
        };
        let taken = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |full_at| {
            let next = full_at.max(now_us) + cost_us;
            (next - now_us <= window_us.max(cost_us)).then_some(next)
        });
        taken.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_a_window_and_refills_continuously() {
        let buckets = Buckets::new(1);
        let rate = Rate { calls: 60, window_s: 3600 };
        let on = RateScale::Times(1.0);
        let taken = (0..100).filter(|_| buckets.take(0, rate, on, 0)).count();
        assert_eq!(taken, 60);
        assert!(!buckets.take(0, rate, on, 59_000_000));
        assert!(buckets.take(0, rate, on, 60_000_000), "one minute later one call is back");
        assert!(buckets.take(0, rate, RateScale::Off, 60_000_000));
    }
}
