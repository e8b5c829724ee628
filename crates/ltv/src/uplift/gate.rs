//! May this model choose?

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Arm, Ranking};

/// B, resamples behind an interval: enough for a 95 % percentile interval (Efron & Tibshirani 1993, ch. 13).
pub const REPLICATES: usize = 1_000;
/// Under so many customers per arm with an outcome other than 0 a resample is a lottery, and the gate stays shut. Convention of
/// this crate.
pub const OUTCOMES_NEEDED: u64 = 100;
/// Under so many the gate warns (a rule of thumb of the trade, not of theory).
pub const OUTCOMES_ADVISED: u64 = 2_000;

/// The verdict on a model, from customers it has not learned from; see [`judge`].
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// The Qini coefficient found ([`Ranking::qini`]), in the outcome's unit per customer.
    pub qini: f64,
    /// 2.5 % quantile of the resampled coefficients, the lower end of its 95 % interval.
    pub low: f64,
    /// 97.5 % quantile, its upper end.
    pub high: f64,
    /// Why the model may not choose; empty: it may.
    pub refusals: Vec<Refusal>,
    /// What should make one careful all the same.
    pub cautions: Vec<Caution>,
}

/// A reason to refuse a model. Conventions of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// low ≤ 0: the interval of the Qini coefficient reaches down to 0, and the order may be no better than chance.
    NotBetterThanChance,
    /// [`Ranking::groups`] < 2: every customer gets the same score.
    OneScore,
    /// Fewer than [`OUTCOMES_NEEDED`] outcomes other than 0 in an arm.
    TooFewOutcomes {
        /// #(customers with an outcome ≠ 0) in the poorer arm.
        seen: u64,
    },
}

/// A reason to be careful. Convention of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caution {
    /// Fewer than [`OUTCOMES_ADVISED`] outcomes other than 0 in an arm.
    FewOutcomes {
        /// #(customers with an outcome ≠ 0) in the poorer arm.
        seen: u64,
    },
}

impl Gate {
    /// Whether there is no refusal: low > 0, two scores at least and enough outcomes.
    pub fn open(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// Judges an order by its Qini coefficient with a 95 % percentile bootstrap (Efron 1979): customers are drawn with replacement
/// within each arm, scores and order stay. The lower end must lie above 0. Replicate i draws from stream i of `seed`, so the
/// interval does not depend on the number of threads.
pub fn judge(ranking: &Ranking, seed: u64) -> Gate {
    let of = |arm: Arm| (0..ranking.rows.len()).filter(|&at| ranking.rows[at].arm == arm).collect::<Vec<_>>();
    let arms = [of(Arm::Held), of(Arm::Sent)];
    let mut found = vec![0.0; REPLICATES];
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get().min(8));
    let chunk = REPLICATES.div_ceil(workers);
    std::thread::scope(|scope| {
        for (part, found) in found.chunks_mut(chunk).enumerate() {
            let arms = &arms;
            scope.spawn(move || replicate(ranking, arms, seed, part * chunk, found));
        }
    });
    found.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| found[((REPLICATES - 1) as f64 * share).round() as usize];
    let outcomes = arms.each_ref().map(|arm| arm.iter().filter(|&&at| ranking.rows[at].outcome != 0.0).count() as u64);
    verdict(ranking, (at(0.025), at(0.975)), outcomes[0].min(outcomes[1]))
}

fn verdict(ranking: &Ranking, (low, high): (f64, f64), seen: u64) -> Gate {
    let mut refusals = Vec::new();
    if ranking.groups < 2 {
        refusals.push(Refusal::OneScore);
    }
    if seen < OUTCOMES_NEEDED {
        refusals.push(Refusal::TooFewOutcomes { seen });
    }
    if low <= 0.0 {
        refusals.push(Refusal::NotBetterThanChance);
    }
    let cautions = if seen < OUTCOMES_ADVISED { vec![Caution::FewOutcomes { seen }] } else { Vec::new() };
    Gate { qini: ranking.qini(), low, high, refusals, cautions }
}

fn replicate(ranking: &Ranking, arms: &[Vec<usize>; 2], seed: u64, first: usize, found: &mut [f64]) {
    let mut times = vec![0_u32; ranking.rows.len()];
    for (offset, qini) in found.iter_mut().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream((first + offset) as u64);
        times.fill(0);
        for arm in arms {
            for _ in 0..arm.len() {
                times[arm[rng.random_range(0..arm.len())]] += 1;
            }
        }
        *qini = ranking.qini_weighted(&times);
    }
}
