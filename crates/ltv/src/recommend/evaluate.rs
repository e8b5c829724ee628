use super::ranking::{Affinity, Scored, items, ndcg, recall, top};
use crate::goods::{Line, Log};

/// A log split at a day: models learn from what was before, and are asked for each known customer's next basket – everything
/// they bought on their first day from the cut on. The design of next-basket evaluations (Li et al. 2023, arXiv:2109.14233).
#[derive(Clone, Debug)]
pub struct Evaluation {
    before: Log,
    baskets: Vec<(u32, Vec<u32>)>,
}

/// Why a log cannot be evaluated at a day: one side of the cut is empty.
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
    /// max day < cut: nothing was bought from the cut on.
    #[error("nothing from the cut on, the last day is {last}")]
    NothingAfter {
        /// The last day with a purchase.
        last: i32,
    },
    /// Nobody bought both before and after.
    #[error("nobody bought both before and after the cut")]
    NobodyReturned,
}

/// How lists did: the mean over the baskets that had something to find, each basket counting alike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// n, baskets counted; above 0.
    pub baskets: usize,
    /// Σ[`recall`]/n at k, in \[0, 1\].
    pub recall: f64,
    /// Σ[`ndcg`]/n at k, in \[0, 1\].
    pub ndcg: f64,
}

/// How a model did: on everything, and on the two questions that are really asked (repeat and explore of Li et al. 2023). `None`
/// where no basket had anything to find.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// One list for all that was bought.
    pub all: Option<Figures>,
    /// Items bought before: candidates are the customer's own, and only those count as wanted.
    pub repeat: Option<Figures>,
    /// Items never bought before: candidates are all others, and only those count as wanted.
    pub new: Option<Figures>,
}

impl Evaluation {
    /// Splits a log at day `cut`, the first that is not learnt from. Customers without a purchase before the cut are unknown and left
    /// out.
    ///
    /// # Errors
    /// [`EvaluationError::Empty`], [`EvaluationError::NothingBefore`], [`EvaluationError::NothingAfter`],
    /// [`EvaluationError::NobodyReturned`], in this order.
    pub fn new(log: &Log, cut: i32) -> Result<Self, EvaluationError> {
        let (first, last) = log.days().ok_or(EvaluationError::Empty)?;
        if first >= cut {
            return Err(EvaluationError::NothingBefore { first });
        }
        if last < cut {
            return Err(EvaluationError::NothingAfter { last });
        }
        let (before, after) = log.split(cut);
        let baskets: Vec<_> = log
            .customers()
            .filter(|&customer| !before.of(customer).is_empty())
            .filter_map(|customer| Some((customer, first_basket(after.of(customer))?)))
            .collect();
        if baskets.is_empty() {
            return Err(EvaluationError::NobodyReturned);
        }
        Ok(Self { before, baskets })
    }

    /// What models may learn from: the lines with day < cut.
    pub fn before(&self) -> &Log {
        &self.before
    }

    /// n, known customers who came back, one basket each; above 0.
    pub fn baskets(&self) -> usize {
        self.baskets.len()
    }

    /// Σ items/n, different items in a basket on average.
    pub fn basket_size(&self) -> f64 {
        self.wanted() / self.baskets.len() as f64
    }

    /// Share of the baskets' items that the customer had bought before, 0 to 1.
    pub fn repeat_share(&self) -> f64 {
        let repeated: usize =
            self.baskets.iter().map(|(customer, basket)| split(basket, self.before.of(*customer)).0.len()).sum();
        repeated as f64 / self.wanted()
    }

    fn wanted(&self) -> f64 {
        self.baskets.iter().map(|(_, basket)| basket.len()).sum::<usize>() as f64
    }

    /// Asks a model for the best `k` items per basket ([`top`]); what it leaves open is filled from `fill`, and [`recall`] and
    /// [`ndcg`] are averaged for all items, for those bought before and for those never bought before.
    pub fn judge(&self, model: &dyn Affinity, fill: &dyn Affinity, k: usize) -> Judgement {
        let (mut all, mut repeat, mut new) = (Tally::default(), Tally::default(), Tally::default());
        for (customer, basket) in &self.baskets {
            let history = self.before.of(*customer);
            let owned: Vec<u32> = items(history).collect();
            let (known, unknown) = split(basket, history);
            let first = model.scores(history);
            let second = fill.scores(history);
            let ask = |keep: &dyn Fn(u32) -> bool| filled(&first, &second, keep, k);
            all.add(&ask(&|_| true), basket, k);
            repeat.add(&ask(&|item| owned.binary_search(&item).is_ok()), &known, k);
            new.add(&ask(&|item| owned.binary_search(&item).is_err()), &unknown, k);
        }
        Judgement { all: all.mean(), repeat: repeat.mean(), new: new.mean() }
    }
}

fn first_basket(later: &[Line]) -> Option<Vec<u32>> {
    let day = later.iter().map(|line| line.day).min()?;
    Some(later.iter().filter(|line| line.day == day).map(|line| line.item).collect())
}

fn split(basket: &[u32], history: &[Line]) -> (Vec<u32>, Vec<u32>) {
    basket.iter().partition(|&&item| history.binary_search_by(|line| line.item.cmp(&item)).is_ok())
}

fn filled(first: &[Scored], second: &[Scored], keep: &dyn Fn(u32) -> bool, k: usize) -> Vec<Scored> {
    let candidates = |scores: &[Scored]| scores.iter().filter(|scored| keep(scored.item)).copied().collect::<Vec<_>>();
    let mut list = top(candidates(first), k);
    if list.len() < k {
        let open = k - list.len();
        let named: Vec<u32> = list.iter().map(|scored| scored.item).collect();
        let rest = candidates(second).into_iter().filter(|scored| !named.contains(&scored.item)).collect();
        list.extend(top(rest, open));
    }
    list
}

#[derive(Default)]
struct Tally {
    baskets: usize,
    recall: f64,
    ndcg: f64,
}

impl Tally {
    fn add(&mut self, list: &[Scored], wanted: &[u32], k: usize) {
        if wanted.is_empty() {
            return;
        }
        self.baskets += 1;
        self.recall += recall(list, wanted);
        self.ndcg += ndcg(list, wanted, k);
    }

    fn mean(&self) -> Option<Figures> {
        let n = self.baskets as f64;
        (self.baskets > 0).then(|| Figures { baskets: self.baskets, recall: self.recall / n, ndcg: self.ndcg / n })
    }
}
