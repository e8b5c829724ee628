//! How well a score orders people by what a message does to them.

use super::{Arm, Fault, Trial};

/// Customers of a trial sorted by score, highest first; equal scores stand together as one group. At a share φ of all customers
/// N let N_t, N_c be those above who were sent to and held back, Y_t, Y_c the sums of their outcomes (notation of Radcliffe 2007).
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    pub(super) rows: Vec<Ranked>,
    pub(super) groups: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub arm: Arm,
    pub outcome: f64,
    pub group: usize,
}

/// Counts and sums above a cut.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Above {
    pub sent: f64,
    pub held: f64,
    pub from_sent: f64,
    pub from_held: f64,
}

impl Above {
    pub(super) fn add(&mut self, row: &Ranked, times: f64) {
        match row.arm {
            Arm::Sent => (self.sent, self.from_sent) = (self.sent + times, self.from_sent + times * row.outcome),
            Arm::Held => (self.held, self.from_held) = (self.held + times, self.from_held + times * row.outcome),
        }
    }

    pub(super) fn all(&self) -> f64 {
        self.sent + self.held
    }

    /// Y_t − Y_c·N_t/N_c; Y_t while nobody above was held back.
    fn gained(&self) -> f64 {
        if self.held > 0.0 { self.from_sent - self.from_held * self.sent / self.held } else { self.from_sent }
    }

    /// Y_t/N_t − Y_c/N_c; `None` while an arm is empty.
    fn uplift(&self) -> Option<f64> {
        (self.sent > 0.0 && self.held > 0.0).then(|| self.from_sent / self.sent - self.from_held / self.held)
    }
}

impl Ranking {
    /// Sorts `trial` by `scores` (one per customer, in order; the higher, the more a message is thought to do). Time O(n log n).
    ///
    /// # Errors
    /// [`Fault::Width`] for another number of scores, [`Fault::NotFinite`], [`Fault::TooFew`] without customers in an arm.
    pub fn new(trial: &Trial, scores: &[f64]) -> Result<Self, Fault> {
        if scores.len() != trial.len() {
            return Err(Fault::Width { found: scores.len(), wanted: trial.len() });
        }
        if scores.iter().any(|score| !score.is_finite()) {
            return Err(Fault::NotFinite);
        }
        for wanted in [Arm::Held, Arm::Sent] {
            if !trial.iter().any(|(_, arm, _)| arm == wanted) {
                return Err(Fault::TooFew { seen: 0, needed: 1 });
            }
        }
        let mut order: Vec<(f64, Arm, f64)> =
            trial.iter().zip(scores).map(|((_, arm, outcome), &score)| (score, arm, outcome)).collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut group = 0;
        let mut rows = Vec::with_capacity(order.len());
        for (at, &(score, arm, outcome)) in order.iter().enumerate() {
            group += usize::from(at > 0 && order[at - 1].0 != score);
            rows.push(Ranked { arm, outcome, group });
        }
        Ok(Self { rows, groups: group + 1 })
    }

    /// Qini curve (Radcliffe 2007) per customer sent to: points (φ, Q(φ)/N_t of all) with Q = Y_t − Y_c·N_t/N_c (Y_t while N_c = 0), after each group
    /// of equal scores, from (0, 0) to (1, effect of sending to all).
    pub fn qini_curve(&self) -> Vec<(f64, f64)> {
        let whole = self.whole();
        std::iter::once((0.0, 0.0))
            .chain(self.cuts().map(|above| (above.all() / whole.all(), above.gained() / whole.sent)))
            .collect()
    }

    /// Qini coefficient: ∫₀¹ (q(φ) − φ·q(1)) dφ over [`Ranking::qini_curve`] q by trapezoids – the area over the line of a random
    /// order, in the outcome's unit per customer. Above 0: better than chance.
    pub fn qini(&self) -> f64 {
        area(&self.qini_curve()) - 0.5 * self.effect()
    }

    /// The area over the random line as a share of that of the order which puts first whoever was sent to and came, last whoever
    /// was held back and came: the normalised coefficient of scikit-uplift (`qini_auc_score`; checked against its version 0.5.1). `None` where that is no area.
    pub fn qini_share_of_best(&self) -> Option<f64> {
        let rank = |row: &Ranked| match row.arm {
            Arm::Sent => row.outcome,
            Arm::Held => -row.outcome,
        };
        let mut best = self.rows.clone();
        best.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
        let mut group = 0;
        for at in 1..best.len() {
            group += usize::from(rank(&best[at - 1]) != rank(&best[at]));
            best[at].group = group;
        }
        if let Some(first) = best.first_mut() {
            first.group = 0;
        }
        let most = Self { rows: best, groups: group + 1 }.qini();
        (most.abs() > f64::MIN_POSITIVE).then(|| self.qini() / most)
    }

    /// AUUC, area under the uplift curve (Jaśkowski & Jaroszewicz 2012), ∫₀¹ φ·u(φ) dφ by trapezoids with u = Y_t/N_t − Y_c/N_c among the first φ (0 while an arm is empty), in the outcome's
    /// unit per customer: what is gained on average over all depths. Half the effect is what a random order gets.
    pub fn auuc(&self) -> f64 {
        let whole = self.whole().all();
        let points = self.cuts().map(|above| (above.all() / whole, above.all() / whole * above.uplift().unwrap_or(0.0)));
        area(&std::iter::once((0.0, 0.0)).chain(points).collect::<Vec<_>>())
    }

    /// ȳ_t − ȳ_c = Y_t/N_t − Y_c/N_c over all customers: the effect of sending to all, in the outcome's unit per customer.
    pub fn effect(&self) -> f64 {
        self.whole().uplift().unwrap_or(0.0)
    }

    /// Y_t/N_t − Y_c/N_c among the first `share` (0 to 1) of customers, a group of equal scores whole, in the outcome's unit per
    /// customer; `None` while an arm is empty there.
    pub fn uplift_at(&self, share: f64) -> Option<f64> {
        let wanted = share * self.rows.len() as f64;
        self.cuts().find(|above| above.all() + 1e-9 >= wanted).and_then(|above| above.uplift())
    }

    /// #(different scores), the steps of the curves; above 0.
    pub fn groups(&self) -> usize {
        self.groups
    }

    fn whole(&self) -> Above {
        let mut all = Above::default();
        self.rows.iter().for_each(|row| all.add(row, 1.0));
        all
    }

    fn cuts(&self) -> impl Iterator<Item = Above> {
        let mut above = Above::default();
        self.rows.chunk_by(|a, b| a.group == b.group).map(move |group| {
            group.iter().for_each(|row| above.add(row, 1.0));
            above
        })
    }

    /// [`Ranking::qini`] where row i counts `times[i]` times.
    pub(super) fn qini_weighted(&self, times: &[u32]) -> f64 {
        let mut above = Above::default();
        let (mut total, mut last) = (0.0, (0.0, 0.0));
        let mut group = 0;
        for (row, &times) in self.rows.iter().zip(times) {
            if row.group != group {
                group = row.group;
                let point = (above.all(), above.gained());
                total += (point.0 - last.0) * (point.1 + last.1) * 0.5;
                last = point;
            }
            above.add(row, f64::from(times));
        }
        let point = (above.all(), above.gained());
        total += (point.0 - last.0) * (point.1 + last.1) * 0.5;
        if above.sent > 0.0 { (total / point.0 - 0.5 * point.1) / above.sent } else { 0.0 }
    }
}

fn area(points: &[(f64, f64)]) -> f64 {
    points.windows(2).map(|pair| (pair[1].0 - pair[0].0) * (pair[0].1 + pair[1].1) * 0.5).sum()
}
