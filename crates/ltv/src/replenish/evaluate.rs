use super::{
    pair::{Packs, Pair, pairs},
    rhythm::Window,
    switch::Shares,
    visits::Visits,
};
use crate::goods::Log;

/// A log split at a day: models learn from what was before, and are asked which pairs are bought again within the horizon.
#[derive(Clone, Debug)]
pub struct Evaluation {
    before: Log,
    pairs: Vec<Pair>,
    bought: Vec<bool>,
    cut: i32,
    horizon: u32,
}

/// Why a log cannot be evaluated at a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// Nothing was bought at all.
    #[error("the log is empty")]
    Empty,
    /// Nothing was bought before the cut.
    #[error("nothing before the cut, the first day is {first}")]
    NothingBefore {
        /// The first day with a purchase.
        first: i32,
    },
    /// The log ends before the horizon does: what was not bought could be bought still.
    #[error("the log ends on day {last}, the horizon on day {needed}")]
    TooShort {
        /// The last day with a purchase.
        last: i32,
        /// The last day of the horizon.
        needed: i32,
    },
    /// Nobody bought the same thing again within the horizon: there is nothing to tell apart.
    #[error("nobody bought the same thing again within the horizon")]
    NothingAgain,
    /// The horizon has no days.
    #[error("the horizon has no days")]
    NoHorizon,
}

/// What a shop could score by without a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naive {
    /// Bought lately: minus the days since the last purchase of the item.
    Recency,
    /// Bought often: purchases of the item.
    Count,
    /// By customer: their purchase days / (days since the first + 30).
    CustomerRate,
    /// By item: its share of repeaters.
    ItemShare,
}

/// What became of the pairs a window called due, and of the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Due {
    /// Pairs whose window and the horizon overlap.
    pub due: usize,
    /// Share of them bought again, 0 to 1.
    pub due_bought: f64,
    /// All other pairs.
    pub rest: usize,
    /// Share of them bought again, 0 to 1.
    pub rest_bought: f64,
}

impl Evaluation {
    /// Splits a log. The horizon is the days from the cut on, the cut included.
    ///
    /// # Errors
    /// Nothing to learn from, nothing to find, or a log that ends too early.
    pub fn new(log: &Log, cut: i32, horizon: u32, packs: Packs) -> Result<Self, EvaluationError> {
        let (first, last) = log.days().ok_or(EvaluationError::Empty)?;
        if horizon == 0 {
            return Err(EvaluationError::NoHorizon);
        }
        if first >= cut {
            return Err(EvaluationError::NothingBefore { first });
        }
        let needed = cut.saturating_add(i32::try_from(horizon).unwrap_or(i32::MAX)).saturating_sub(1);
        if last < needed {
            return Err(EvaluationError::TooShort { last, needed });
        }
        let again = |run: &[crate::goods::Line]| run.iter().any(|line| line.day >= cut && line.day <= needed);
        let known = log.runs().filter(|run| run.iter().any(|line| line.day < cut));
        let bought: Vec<bool> = known.map(again).collect();
        if !bought.contains(&true) {
            return Err(EvaluationError::NothingAgain);
        }
        let before = log.split(cut).0;
        Ok(Self { pairs: pairs(&before, cut, packs), before, bought, cut, horizon })
    }

    /// What models may learn from.
    pub fn before(&self) -> &Log {
        &self.before
    }

    /// All pairs known at the cut.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// Which of the pairs were bought again within the horizon.
    pub fn bought(&self) -> &[bool] {
        &self.bought
    }

    /// Share of the pairs bought again, 0 to 1.
    pub fn base_rate(&self) -> f64 {
        share(self.bought.iter().copied()).1
    }

    /// A naive score of every pair; only its order means anything.
    pub fn naive(&self, naive: Naive, shares: &Shares) -> Vec<f64> {
        let visits = Visits::new(&self.before);
        let score = |pair: &Pair| match naive {
            Naive::Recency => -pair.elapsed,
            Naive::Count => f64::from(pair.times),
            Naive::CustomerRate => visits.at(pair.customer, self.cut).rate,
            Naive::ItemShare => shares.item(pair.item),
        };
        self.pairs.iter().map(score).collect()
    }

    /// Whether those are bought again whom a window calls due; pairs without a window count on neither side.
    pub fn due(&self, window: impl Fn(&Pair) -> Option<Window>) -> Due {
        let horizon = f64::from(self.horizon);
        let judged = self.pairs.iter().zip(&self.bought).filter_map(|(pair, bought)| {
            let window = window(pair)?;
            Some((window.to >= pair.elapsed && window.from < pair.elapsed + horizon, *bought))
        });
        let (due, rest): (Vec<_>, Vec<_>) = judged.partition(|(due, _)| *due);
        let bought = |pairs: Vec<(bool, bool)>| share(pairs.into_iter().map(|(_, bought)| bought));
        let ((due, due_bought), (rest, rest_bought)) = (bought(due), bought(rest));
        Due { due, due_bought, rest, rest_bought }
    }
}

/// How many, and which share is true; 0 of none.
fn share(outcomes: impl Iterator<Item = bool>) -> (usize, f64) {
    let (all, yes) = outcomes.fold((0, 0), |(all, yes), outcome| (all + 1, yes + usize::from(outcome)));
    (all, if all > 0 { yes as f64 / all as f64 } else { 0.0 })
}
