//! n per 10 minutes. Pure.

/// Length of a window, ms.
pub const PACE_MS: i64 = 10 * 60 * 1000;

/// The present window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Since when, Unix ms.
    pub from: i64,
    /// What was fixed before it.
    pub base: i64,
}

/// The window at `now`, and how many recipients may still be fixed in it. What an earlier window left over is not
/// carried into this one.
pub fn allowance(per_10min: i64, window: Option<Pace>, fixed: i64, now: i64) -> (Pace, i64) {
    let pace = match window {
        Some(pace) if now < pace.from + PACE_MS && now >= pace.from => pace,
        Some(pace) if now >= pace.from => Pace { from: now - (now - pace.from) % PACE_MS, base: fixed },
        _ => Pace { from: now, base: fixed },
    };
    (pace, (per_10min - (fixed - pace.base)).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_do_not_save_up() {
        let (first, left) = allowance(100, None, 0, 1_000);
        assert_eq!((first, left), (Pace { from: 1_000, base: 0 }, 100));
        assert_eq!(allowance(100, Some(first), 60, 2_000), (first, 40));
        assert_eq!(allowance(100, Some(first), 100, 2_000), (first, 0));
        let hour_later = 1_000 + 6 * PACE_MS + 5;
        let (next, left) = allowance(100, Some(first), 60, hour_later);
        assert_eq!((next, left), (Pace { from: 1_000 + 6 * PACE_MS, base: 60 }, 100));
    }

    proptest! {
        /// However the time passes, no window of the grid carries more than n.
        #[test]
        fn never_more_than_n(steps in prop::collection::vec((0i64..400_000, 0i64..200), 1..60)) {
            let (mut now, mut fixed, mut window) = (0, 0, None);
            let mut by_window = std::collections::BTreeMap::new();
            for (pause, wish) in steps {
                now += pause;
                let (pace, left) = allowance(100, window, fixed, now);
                window = Some(pace);
                let taken = wish.min(left);
                fixed += taken;
                *by_window.entry(pace.from).or_insert(0) += taken;
            }
            prop_assert!(by_window.values().all(|taken| *taken <= 100));
        }
    }
}
