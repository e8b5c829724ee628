//! What every purchase model can be asked about a customer.

use super::history::History;

/// A model of repeat purchases with known parameters. Times are in the unit of the parameters.
pub trait Process: Sync {
    /// ln L of one history.
    fn log_likelihood(&self, history: &History) -> f64;

    /// P(alive | history): the probability that the customer has not left for good by T. In [0, 1].
    fn p_alive(&self, history: &History) -> f64;

    /// E[Y(t) | history]: purchases expected in (T, T+t].
    fn expected_purchases(&self, history: &History, t: f64) -> f64;

    /// P(at least one purchase in (T, T+t] | history). In [0, 1], rises with t.
    fn p_buys_within(&self, history: &History, t: f64) -> f64;

    /// P(Y(t) = 0, 1, 2, … | history), until what remains is at most `rest`.
    fn distribution(&self, history: &History, t: f64, rest: f64) -> Vec<f64>;

    /// Discounted expected residual transactions: the integral over u from 0 to infinity of e^(−delta·u) dE\[Y(u) | history\].
    /// `delta` is the continuous discount rate per unit of time. `None` where the integral has no end: without discount and
    /// with dropout too slow (a ≤ 1, s ≤ 1, or none at all).
    fn discounted_residual(&self, history: &History, delta: f64) -> Option<f64>;

    /// E[λ | history] = (r+x)/(α+T): purchases per unit of time while alive.
    fn rate(&self, history: &History) -> f64;

    /// E[X(t)]: repeat purchases of somebody who buys for the first time at 0, in (0, t]; the conditional expectation of a
    /// history without length.
    fn expected_of_new(&self, t: f64) -> f64 {
        self.expected_purchases(&History::NEW, t)
    }

    /// The time until the next purchase has happened with probability 1/2; `None` if that is after `cap`: no purchase is to be
    /// expected. Bisection on [`p_buys_within`](Process::p_buys_within).
    fn median_wait(&self, history: &History, cap: f64) -> Option<f64> {
        if self.p_buys_within(history, cap) < 0.5 {
            return None;
        }
        let (mut early, mut late) = (0.0, cap);
        while late - early > 1e-10 * cap {
            let middle = 0.5 * (early + late);
            if self.p_buys_within(history, middle) < 0.5 {
                early = middle;
            } else {
                late = middle;
            }
            if middle == early && middle == late {
                break;
            }
        }
        Some(late)
    }

    /// Purchases in (T, T+t] between which at least `level` of the predictive probability lies, with at most (1 − level)/2 on
    /// either side. Discrete, so that it holds somewhat more than `level`. Parameters count as known: their own uncertainty is
    /// not in it.
    fn interval(&self, history: &History, t: f64, level: f64) -> (u64, u64) {
        let side = 0.5 * (1.0 - level.clamp(0.0, 1.0));
        let chances = self.distribution(history, t, side.max(1e-12));
        let (mut low, mut below) = (0, 0.0);
        for (count, chance) in (0_u64..).zip(&chances) {
            if below + chance > side {
                low = count;
                break;
            }
            below += chance;
        }
        (low, (chances.len().max(1) - 1) as u64)
    }

    /// Σ over k = 1 … periods of (E[Y(k·length)] − E[Y((k−1)·length)])·(1+rate)^−k: purchases within a finite horizon, each
    /// period's discounted from its end.
    fn discounted(&self, history: &History, horizon: &Horizon) -> f64 {
        let mut before = 0.0;
        let mut sum = 0.0;
        let mut factor = 1.0;
        for period in 1..=horizon.periods {
            let until = self.expected_purchases(history, f64::from(period) * horizon.length);
            factor /= 1.0 + horizon.rate;
            sum += (until - before) * factor;
            before = until;
        }
        sum
    }
}

/// A finite horizon of equal periods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizon {
    /// Length of a period in the unit of time of the model.
    pub length: f64,
    /// How many.
    pub periods: u32,
    /// Discount per period, 0.01 for one per cent.
    pub rate: f64,
}

/// P(Y = 0, 1, 2, …) of somebody who is alive with a probability, from P(Y = n | alive), until what remains is at most `rest`.
pub(crate) fn counts(p_alive: f64, rest: f64, mut of_alive: impl FnMut(u32) -> f64) -> Vec<f64> {
    const MOST: u32 = 1_000_000;
    let mut chances = Vec::new();
    let mut left = 1.0;
    for count in 0..MOST {
        let gone = if count == 0 { 1.0 - p_alive } else { 0.0 };
        let chance = gone + p_alive * of_alive(count);
        left -= chance;
        chances.push(chance);
        if left <= rest {
            break;
        }
    }
    chances
}

/// Negative binomial probabilities of 0, 1, 2, …: purchases in a time t at rate λ ~ Gamma(shape, rate):
/// Γ(k+n)/(Γ(k) n!)·(A/(A+t))^k·(t/(A+t))^n, by recurrence in logarithms.
pub(crate) struct NegativeBinomial {
    shape: f64,
    ln_here: f64,
    ln_step: f64,
    count: f64,
}

impl NegativeBinomial {
    pub(crate) fn new(shape: f64, rate: f64, t: f64) -> Self {
        Self { shape, ln_here: -shape * (t / rate).ln_1p(), ln_step: -(rate / t).ln_1p(), count: 0.0 }
    }
}

impl Iterator for NegativeBinomial {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        let chance = self.ln_here.exp();
        self.ln_here += ((self.shape + self.count) / (self.count + 1.0)).ln() + self.ln_step;
        self.count += 1.0;
        Some(chance)
    }
}
