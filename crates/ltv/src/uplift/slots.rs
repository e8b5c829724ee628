//! At what time of day to send to whom.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution};

use super::Fault;
use super::fault::share;

/// Slots of two hours in a day; slot k is the local time from 2k o'clock on. Convention of this crate.
pub const SLOTS: usize = 12;
/// Most slots among which a draw decides. Convention of this crate.
pub const CANDIDATES: usize = 4;

/// A slot's number, 0…11.
pub type Slot = usize;

/// Messages sent per slot, and how many of them were answered (by a click or an order): n and s of twelve binomials. Not whole where
/// old messages count for less.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// n per slot, sent; finite, 0 or more.
    pub sends: [f64; SLOTS],
    /// s per slot, answered, at most as many.
    pub hits: [f64; SLOTS],
}

/// What is believed of somebody's slots: θ ~ Beta(m·θ_segment + s, m·(1 − θ_segment) + n − s) per slot; see [`Habits::new`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    hits: [f64; SLOTS],
    misses: [f64; SLOTS],
}

/// Why a slot was taken, see [`Habits::choose`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// By what is believed of this friend (Thompson 1933): each candidate draws a rate from its posterior, the highest sends.
    Habit(Slot),
    /// By lot among all allowed slots, so that the benefit of the rest stays measurable.
    Lot(Slot),
}

impl When {
    /// The slot, 0…11, whatever the reason.
    pub fn slot(self) -> Slot {
        match self {
            Self::Habit(slot) | Self::Lot(slot) => slot,
        }
    }
}

/// A segment's rate per slot: counts smoothed around the clock (¼, ½, ¼), then drawn towards the segment's mean over all slots by
/// `strength` trials: (strength·mean + hits)/(strength + sends), in \[0, 1\] (beta-binomial posterior mean; the weights are a convention of this crate). Smoothed because neighbours are alike and single slots are thin.
///
/// # Errors
/// [`Fault::NotCounts`] without sends, with more hits than sends, or a strength that is not above zero.
pub fn smoothed(segment: &Tally, strength: f64) -> Result<[f64; SLOTS], Fault> {
    segment.check()?;
    let (sends, hits) = (around(&segment.sends), around(&segment.hits));
    let all: f64 = sends.iter().sum();
    if all <= 0.0 || strength.is_nan() || strength <= 0.0 {
        return Err(Fault::NotCounts);
    }
    let mean = hits.iter().sum::<f64>() / all;
    Ok(std::array::from_fn(|slot| (strength * mean + hits[slot]) / (strength + sends[slot])))
}

fn around(counts: &[f64; SLOTS]) -> [f64; SLOTS] {
    std::array::from_fn(|slot| 0.5 * counts[slot] + 0.25 * (counts[(slot + 1) % SLOTS] + counts[(slot + SLOTS - 1) % SLOTS]))
}

impl Tally {
    fn check(&self) -> Result<(), Fault> {
        let right = |(&sends, &hits): (&f64, &f64)| hits >= 0.0 && hits <= sends && sends.is_finite();
        if self.sends.iter().zip(&self.hits).all(right) { Ok(()) } else { Err(Fault::NotCounts) }
    }
}

impl Habits {
    /// Posterior of a friend: θ̂ = (m·θ_segment + hits)/(m + sends) per slot, m = `strength` from [`super::Prior::fit`] over friends,
    /// about 20 where it is not known. A friend without any sends is the segment.
    ///
    /// # Errors
    /// [`Fault::NotCounts`] for more hits than sends or a strength that is not above 0, [`Fault::NotAShare`] for a segment's rate.
    pub fn new(segment: &[f64; SLOTS], strength: f64, own: &Tally) -> Result<Self, Fault> {
        own.check()?;
        if !strength.is_finite() || strength <= 0.0 {
            return Err(Fault::NotCounts);
        }
        for &rate in segment {
            share(rate)?;
        }
        // A rate of exactly 0 or 1 would make a Beta without a density.
        let rate = |slot: Slot| segment[slot].clamp(1e-6, 1.0 - 1e-6);
        Ok(Self {
            hits: std::array::from_fn(|slot| strength * rate(slot) + own.hits[slot]),
            misses: std::array::from_fn(|slot| strength * (1.0 - rate(slot)) + own.sends[slot] - own.hits[slot]),
        })
    }

    /// θ̂ = (m·θ_segment + s)/(m + n), posterior mean rate of a slot, in (0, 1); `None` for a slot over 11.
    pub fn rate(&self, slot: Slot) -> Option<f64> {
        let (hits, misses) = (self.hits.get(slot)?, self.misses.get(slot)?);
        Some(hits / (hits + misses))
    }

    /// The slot for the next message: with probability `lot` (such as 0.1) any of `allowed`; else, of the [`CANDIDATES`] allowed slots
    /// with the highest posterior means, the one whose draw from its posterior is highest (Thompson 1933). `seed` must differ from message to message.
    ///
    /// # Errors
    /// [`Fault::NoSlot`] where nothing is allowed, [`Fault::NotAShare`] for `lot` outside \[0, 1\].
    pub fn choose(&self, allowed: &[Slot], lot: f64, seed: u64) -> Result<When, Fault> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut known: Vec<(Slot, f64)> = allowed.iter().filter_map(|&slot| Some((slot, self.rate(slot)?))).collect();
        if known.is_empty() {
            return Err(Fault::NoSlot);
        }
        if rng.random::<f64>() < share(lot)? {
            return Ok(When::Lot(known[rng.random_range(0..known.len())].0));
        }
        known.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        known.truncate(CANDIDATES);
        let drawn = known.iter().map(|&(slot, mean)| {
            let draw = Beta::new(self.hits[slot], self.misses[slot]).map_or(mean, |beta| beta.sample(&mut rng));
            (slot, draw)
        });
        drawn.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(slot, _)| When::Habit(slot)).ok_or(Fault::NoSlot)
    }
}
