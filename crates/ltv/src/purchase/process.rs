//! What every purchase model can be asked about a customer.

use super::history::History;

/// A model of repeat purchases with known parameters. Times (t, `cap`, those of the [`History`]) are in the unit of the parameters
/// α and β; counts are purchases. Each model's own documentation has its formula of each question; nothing here fails, and for
/// parameters above 0 and t ≥ 0 nothing is NaN.
pub trait Process: Sync {
    /// ln L of one history: the logarithm of the density of x purchases, the last at t_x, within T. The formula is that of the
    /// model: [`BgNbd`](super::BgNbd), [`MbgNbd`](super::MbgNbd), [`ParetoNbd`](super::ParetoNbd), [`Nbd`](super::Nbd).
    fn log_likelihood(&self, history: &History) -> f64;

    /// P(alive | x, t_x, T): the probability that the customer has not left for good by T, the part of the likelihood in which he
    /// stayed over all of it. In \[0, 1\].
    fn p_alive(&self, history: &History) -> f64;

    /// E\[Y(t) | x, t_x, T\]: purchases expected in (T, T+t\], 0 for t = 0, rising with t.
    fn expected_purchases(&self, history: &History, t: f64) -> f64;

    /// P(Y(t) > 0 | x, t_x, T): at least one purchase in (T, T+t\]. In \[0, P(alive)\], rising with t.
    fn p_buys_within(&self, history: &History, t: f64) -> f64;

    /// P(Y(t) = n | x, t_x, T) for n = 0, 1, 2, …, until what remains is at most `rest` (above 0; at most a million terms). The place
    /// in the list is n.
    fn distribution(&self, history: &History, t: f64, rest: f64) -> Vec<f64>;

    /// DERT, discounted expected residual transactions (Fader, Hardie & Lee 2005, RFM and CLV): ∫₀^∞ e^(−δu) dE\[Y(u) | x, t_x, T\],
    /// in purchases. `delta` is the continuous discount rate δ per unit of time. `None` where the integral has no end: without
    /// discount and with dropout too slow (a ≤ 1, s ≤ 1, or none at all).
    fn discounted_residual(&self, history: &History, delta: f64) -> Option<f64>;

    /// E\[λ | x, T\] = (r+x)/(α+T): purchases per unit of time while alive, the mean of Gamma(r+x, α+T).
    fn rate(&self, history: &History) -> f64;

    /// E\[X(t)\]: repeat purchases in (0, t\] of somebody who buys for the first time at 0; E\[Y(t) | 0, 0, 0\], the conditional
    /// expectation of a history without length (Fader, Hardie & Lee 2005 print it for BG/NBD).
    fn expected_of_new(&self, t: f64) -> f64 {
        self.expected_purchases(&History::NEW, t)
    }

    /// Median date of the next purchase: the t with P(Y(t) > 0) = 1/2, from T on; `None` if that is after `cap`: no purchase is to be
    /// expected. By bisection on [`p_buys_within`](Process::p_buys_within), to 1e-10·`cap`; BG/NBD and MBG/NBD have it in closed
    /// form. Derived here.
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

    /// Predictive interval of Y(t), both ends included: the smallest l with P(Y ≤ l) > (1 − level)/2 and the smallest h with
    /// P(Y > h) ≤ (1 − level)/2, from [`distribution`](Process::distribution). Discrete, so that it holds somewhat more than `level`
    /// (in \[0, 1\], 0.8 for four fifths). Parameters count as known: their own uncertainty is not in it. Convention of this
    /// crate: equal tails.
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

    /// Σ over k = 1 … periods of (E\[Y(k·length)\] − E\[Y((k−1)·length)\])·(1+rate)^−k: purchases within a finite horizon, each
    /// period's discounted from its end. DERT's sum in discrete time (Fader, Hardie & Lee 2005) cut off, because it is finite also
    /// where a ≤ 1 or s ≤ 1. Times E\[M | x, z\] and the margin it is the customer's residual value.
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

/// A finite horizon of equal periods, length·periods long; see [`Process::discounted`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Horizon {
    /// Length of a period, above 0, in the unit of time of the model.
    pub length: f64,
    /// How many periods; 0: nothing is summed.
    pub periods: u32,
    /// Discount d per period, above −1, 0.01 for one per cent: what comes at the end of period k counts (1+d)^−k.
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
