//! NBD: purchases at a constant rate, nobody ever leaves. The yardstick for every model with dropout.

use super::history::{Grouped, History};
use super::process::{NegativeBinomial, Process, counts};
use super::sum::{self, Evaluation};
use crate::numeric::special::{digamma, ln_gamma};

/// NBD (Ehrenberg 1959), in the likelihood of purchase *times*: λ ~ Gamma(r, α), purchases a Poisson process of rate λ.
///
/// ln L = lnΓ(r+x) − lnΓ(r) + r ln α − (r+x) ln(α+T): the Poisson likelihood λ^x e^(−λT) of x purchase times, averaged over λ. It
/// is that of the other models without their dropout, so that their ln L can be compared with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nbd {
    /// r > 0, shape of λ ~ Gamma(r, α), without unit; small: customers differ much in how often they buy.
    pub r: f64,
    /// α > 0, rate of λ ~ Gamma(r, α), in units of time: the mean rate is E\[λ\] = r/α purchases per unit of time.
    pub alpha: f64,
}

/// lnΓ(r+x) − lnΓ(r) + r ln α and its derivatives by r and α, which all models share.
pub(crate) fn head(r: f64, alpha: f64, x: f64) -> (f64, f64, f64) {
    let value = ln_gamma(r + x) - ln_gamma(r) + r * alpha.ln();
    (value, digamma(r + x) - digamma(r) + alpha.ln(), r / alpha)
}

impl Nbd {
    pub(crate) fn evaluate(&[r, alpha]: &[f64; 2], data: &Grouped) -> Evaluation<2> {
        let mut total = sum::over(&data.rows, |sum: &mut Evaluation<2>, row| {
            let shape = r + data.counts[row.at as usize].0;
            let ln_t = (alpha + row.t).ln();
            sum.add(row.customers, -shape * ln_t, [-ln_t, -shape / (alpha + row.t)]);
        });
        for (x, customers) in &data.counts {
            let (value, by_r, by_alpha) = head(r, alpha, *x);
            total.add(*customers, value, [by_r, by_alpha]);
        }
        total
    }
}

impl Process for Nbd {
    fn log_likelihood(&self, history: &History) -> f64 {
        let x = f64::from(history.x());
        head(self.r, self.alpha, x).0 - (self.r + x) * (self.alpha + history.t()).ln()
    }

    /// P(alive) = 1 always: the model knows no dropout.
    fn p_alive(&self, _history: &History) -> f64 {
        1.0
    }

    /// E\[Y(t)\] = t·(r+x)/(α+T), the mean of λt under λ ~ Gamma(r+x, α+T) (Ehrenberg 1959's conditional expectation).
    fn expected_purchases(&self, history: &History, t: f64) -> f64 {
        t * self.rate(history)
    }

    /// 1 − ((α+T)/(α+T+t))^(r+x): one less the negative binomial's zero class.
    fn p_buys_within(&self, history: &History, t: f64) -> f64 {
        -(-(self.r + f64::from(history.x())) * (t / (self.alpha + history.t())).ln_1p()).exp_m1()
    }

    /// P(n) = Γ(k+n)/(Γ(k) n!)·(A/(A+t))^k·(t/(A+t))^n, negative binomial with k = r+x and A = α+T (Ehrenberg 1959).
    fn distribution(&self, history: &History, t: f64, rest: f64) -> Vec<f64> {
        let mut chances = NegativeBinomial::new(self.r + f64::from(history.x()), self.alpha + history.t(), t);
        counts(1.0, rest, |_| chances.next().unwrap_or(0.0))
    }

    /// ∫₀^∞ e^(−δu) E\[λ\] du = (r+x)/(α+T)/δ; `None` for δ ≤ 0, where it has no end.
    fn discounted_residual(&self, history: &History, delta: f64) -> Option<f64> {
        (delta > 0.0).then(|| self.rate(history) / delta)
    }

    fn rate(&self, history: &History) -> f64 {
        (self.r + f64::from(history.x())) / (self.alpha + history.t())
    }
}
