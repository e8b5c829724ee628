use super::{
    NoRepeat,
    pair::{Packs, Pair, pairs},
    rate::Rate,
    rhythm::Rhythm,
    switch::{Rule, Shares},
    visits::{Visitor, Visits},
};
use crate::goods::{Line, Log};
use crate::numeric::linear::dot;
use crate::numeric::logit;
use crate::numeric::scaling::Scaling;
use crate::numeric::special::logistic;

/// Days of a step.
const WEEK: f64 = 7.0;
/// From how many days, a week apart, the past is asked what became of it.
const LANDMARKS: i32 = 4;
/// Rows that are enough for ten weights; of more, every n-th pair is taken.
const ROWS: usize = 300_000;
/// What a standardised weight of 1 costs, in units of the log-likelihood.
const RIDGE: f64 = 1.0;
const FEATURES: usize = 10;

/// The probability of a purchase week by week, given what is known today: a discrete-time hazard, logistic in
///
/// - x = ln(elapsed / expected interval), x² and max(x, 0),
/// - ln of the chance that the [`Rhythm`] gives this week,
/// - ln of the pair's [`Rate`],
/// - ln of purchases so far,
/// - the logit of the item's [`Shares`],
/// - ln of the customer's purchase days per day, and ln(1 + days since they bought anything),
/// - the number of the week ahead.
///
/// Elapsed time goes on in the weeks ahead, the rest stays as it is known today: so learnt from landmarks of the past and so
/// asked. logit p(week) = β₀ + Σ β_j·(standardised feature j), P(buys within h) = 1 − Π over weeks of (1 − p), a part of a week by
/// its power. Source: discrete-time hazards
/// Cox 1972, section 8, and Allison 1982, Sociological Methodology 13; landmarks van Houwelingen 2007, Scand. J. Stat. 34(1);
/// the features are our choice, judged by [`Evaluation`](super::Evaluation).
#[derive(Clone, Debug, PartialEq)]
pub struct Hazard {
    scaling: Scaling,
    weights: Vec<f64>,
    basis: Basis,
    visits: Visits,
    today: i32,
}

/// Why a hazard cannot be learnt: the likelihood has no maximum that says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HazardError {
    /// Nobody bought the same thing twice before the first landmark ([`NoRepeat`]).
    #[error("the log is too short: nobody bought the same thing twice before the weeks learnt from")]
    NoRepeat,
    /// Nobody bought anything again between landmarks and today: every p = 0 fits best.
    #[error("nobody bought the same thing again in the weeks learnt from")]
    NothingHappened,
}

impl From<NoRepeat> for HazardError {
    fn from(NoRepeat: NoRepeat) -> Self {
        Self::NoRepeat
    }
}

impl Hazard {
    /// Learns from what was bought before `today` how to look `horizon` days ahead (whole weeks, 1 to 104): at four landmarks, a week
    /// apart, the last one horizon before today, every pair is followed week by week until it buys. Maximises
    /// Σ\[y·η − ln(1 + e^η)\] − ½·Σ β_j² (ridge of 1; le Cessie & van Houwelingen 1992); of more than 300,000 rows every n-th pair is
    /// taken.
    ///
    /// # Errors
    /// [`HazardError::NoRepeat`], [`HazardError::NothingHappened`].
    pub fn fit(log: &Log, today: i32, horizon: u32, packs: Packs) -> Result<Self, HazardError> {
        let weeks = i32::try_from(horizon.div_ceil(7).clamp(1, 104)).unwrap_or(1);
        let visits = Visits::new(log);
        let latest = today.saturating_sub(7 * weeks);
        let oldest = latest.saturating_sub(7 * (LANDMARKS - 1));
        let then = Basis::fit(log, oldest, packs)?;

        let runs: Vec<&[Line]> = log.runs().collect();
        let stride = (runs.len() * (LANDMARKS * weeks) as usize).div_ceil(ROWS).max(1);
        let mut rows = Vec::new();
        for landmark in (0..LANDMARKS).map(|back| latest.saturating_sub(7 * back)) {
            for run in runs.iter().step_by(stride) {
                let known = run.partition_point(|line| line.day < landmark);
                if let Some(pair) = Pair::new(&run[..known], landmark, packs) {
                    let next = run.get(known).map(|line| f64::from(line.day) - f64::from(landmark));
                    learn(&then, &pair, &visits.at(pair.customer, landmark), next, weeks, &mut rows);
                }
            }
        }
        if !rows.iter().any(|(_, bought)| *bought) {
            return Err(HazardError::NothingHappened);
        }
        let (scaling, weights) = weighed(&rows);
        Ok(Self { scaling, weights, basis: Basis::fit(log, today, packs)?, visits, today })
    }

    /// P(buys within `days`) = 1 − Π over weeks of (1 − p(week)), 0 to 1, rising with the days (at most ten years). The pair is as of
    /// the day of fitting; beyond the horizon learnt for, the trend of its weeks goes on.
    pub fn probability(&self, pair: &Pair, days: f64) -> f64 {
        let customer = self.visits.at(pair.customer, self.today);
        let days = days.clamp(0.0, 10.0 * 365.0);
        let weeks = (days / WEEK).ceil() as i32;
        let log_none: f64 = (0..weeks)
            .map(|week| {
                let part = (days / WEEK - f64::from(week)).min(1.0);
                let p = logistic(dot(&self.weights, &self.scaling.row(&self.basis.features(pair, &customer, week))));
                part * (-p).ln_1p().max(-700.0)
            })
            .sum();
        -log_none.exp_m1()
    }
}

/// A logistic regression on standardised features with a ridge. Source: le Cessie and van Houwelingen 1992, Applied Statistics
/// 41(1).
fn weighed(rows: &[([f64; FEATURES], bool)]) -> (Scaling, Vec<f64>) {
    const WIDTH: usize = FEATURES + 1;
    let scaling = Scaling::of(rows.iter().map(|(features, _)| features.as_slice()), FEATURES);
    let cells: Vec<f64> = rows.iter().flat_map(|(features, _)| scaling.row(features)).collect();
    let outcomes = rows.iter().map(|(_, bought)| f64::from(u8::from(*bought)));
    let weights = logit::fit(cells.chunks_exact(WIDTH).zip(outcomes).map(|(row, y)| (row, y, 1.0)), WIDTH, RIDGE);
    (scaling, weights)
}

fn learn(basis: &Basis, pair: &Pair, customer: &Visitor, next: Option<f64>, weeks: i32, rows: &mut Vec<([f64; FEATURES], bool)>) {
    for week in 0..weeks {
        let bought = next.is_some_and(|after| after < WEEK * f64::from(week + 1));
        rows.push((basis.features(pair, customer, week), bought));
        if bought {
            return;
        }
    }
}

/// The models whose answers are features, fitted as of one day.
#[derive(Clone, Debug, PartialEq)]
struct Basis {
    rate: Rate,
    rhythm: Rhythm,
    shares: Shares,
}

impl Basis {
    fn fit(log: &Log, today: i32, packs: Packs) -> Result<Self, NoRepeat> {
        let pairs = pairs(log, today, packs);
        Ok(Self {
            rate: Rate::fit(&pairs, log.items())?,
            rhythm: Rhythm::fit(&pairs, log.items())?,
            shares: Shares::fit(&pairs, log.items(), Rule::default()),
        })
    }

    fn features(&self, pair: &Pair, customer: &Visitor, week: i32) -> [f64; FEATURES] {
        let ahead = f64::from(week);
        let elapsed = pair.elapsed + WEEK * ahead;
        let x = ((elapsed + WEEK / 2.0) / self.rhythm.expected(pair)).ln().clamp(-4.0, 4.0);
        let due = self.rhythm.probability(pair, elapsed, WEEK).max(1e-6).ln();
        let share = self.shares.item(pair.item).clamp(1e-6, 1.0 - 1e-6);
        [
            x,
            x * x,
            x.max(0.0),
            due,
            (self.rate.rate(pair) / pair.packs).max(1e-12).ln(),
            f64::from(pair.times).ln(),
            (share / (1.0 - share)).ln(),
            customer.rate.ln(),
            customer.absent.ln_1p(),
            ahead,
        ]
    }
}
