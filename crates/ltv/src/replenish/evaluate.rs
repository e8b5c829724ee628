use super::{
    pair::{Packs, Pair, pairs},
    rhythm::Window,
    switch::Shares,
    visits::Visits,
};
use crate::goods::Log;

/// A log split at a day: models learn from what was before, and are asked which pairs are bought again on the days
/// \[cut, cut + horizon − 1\]. Convention of this crate, after the evaluation of Bhagat et al. 2018 (KDD, "Buy It Again").
#[derive(Clone, Debug)]
pub struct Evaluation {
    before: Log,
    pairs: Vec<Pair>,
    bought: Vec<bool>,
    cut: i32,
    horizon: u32,
}

/// Why a log cannot be evaluated at a day: too little lies on one side of the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationError {
    /// Nothing was bought at all.
    #[error("the log is empty")]
    Empty,
    /// min day ≥ cut: nothing was bought before the cut.
    #[error("nothing before the cut, the first day is {first}")]
    NothingBefore {
        /// The first day with a purchase.
        first: i32,
    },
    /// max day < cut + horizon − 1: the log ends before the horizon does, and what was not bought could be bought still.
    #[error("the log ends on day {last}, the horizon on day {needed}")]
    TooShort {
        /// The last day with a purchase.
        last: i32,
        /// cut + horizon − 1, the last day of the horizon.
        needed: i32,
    },
    /// Nobody bought the same thing again within the horizon: there is nothing to tell apart.
    #[error("nobody bought the same thing again within the horizon")]
    NothingAgain,
    /// horizon = 0: there are no days to look at.
    #[error("the horizon has no days")]
    NoHorizon,
}

/// What a shop could score by without a model; the higher, the likelier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naive {
    /// −elapsed: minus the days since the pair's last purchase.
    Recency,
    /// k: days on which the pair bought.
    Count,
    /// The customer's purchase days/(days since the first + 30), per day; the 30 days (convention of this crate) keep one visit
    /// yesterday from being a rate of one a day.
    CustomerRate,
    /// The item's share of repeaters, [`Shares::item`].
    ItemShare,
}

/// What became of the pairs a window called due, and of the others. A pair is due if \[from, to\] and \[elapsed, elapsed + horizon) meet,
/// both in days since the last purchase. Convention of this crate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Due {
    /// #(pairs whose window and the horizon overlap).
    pub due: usize,
    /// Share of them bought again, 0 to 1; 0 of none.
    pub due_bought: f64,
    /// #(all other pairs with a window).
    pub rest: usize,
    /// Share of them bought again, 0 to 1; 0 of none.
    pub rest_bought: f64,
}

impl Evaluation {
    /// Splits a log at day `cut`, the first that is not learnt from; `horizon` in days, the cut included.
    ///
    /// # Errors
    /// [`EvaluationError::Empty`], [`EvaluationError::NoHorizon`], [`EvaluationError::NothingBefore`],
    /// [`EvaluationError::TooShort`], [`EvaluationError::NothingAgain`], in this order.
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

    /// What models may learn from: the lines with day < cut.
    pub fn before(&self) -> &Log {
        &self.before
    }

    /// All n pairs known at the cut, as of the cut, by customer and item.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// Which of the [`pairs`](Self::pairs), place by place, were bought again within the horizon.
    pub fn bought(&self) -> &[bool] {
        &self.bought
    }

    /// #(pairs bought again)/n, 0 to 1: the precision of chance.
    pub fn base_rate(&self) -> f64 {
        share(self.bought.iter().copied()).1
    }

    /// A naive score of every pair, place by place of [`pairs`](Self::pairs), by the formula of the [`Naive`]; only its order means
    /// anything.
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

    /// Whether those are bought again whom a window calls due, as [`Due`] defines it; pairs without a window count on neither side.
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
