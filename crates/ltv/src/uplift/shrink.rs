//! Response rates of small groups, drawn towards what is usual.

use super::Fault;
use crate::numeric::search::maximum;
use crate::numeric::special::{beta_share, ln_beta, logistic};

/// What is usual: rates of groups are θ ~ Beta(μM, (1 − μ)M), counts of successes beta-binomial (Skellam 1948).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// μ, mean rate, in (0, 1).
    pub mean: f64,
    /// M > 0: the prior is worth so many trials; rates of groups have variance μ(1 − μ)/(M + 1).
    pub strength: f64,
}

/// A shrunk rate: posterior Beta(μM + s, (1 − μ)M + n − s) of a group with s successes of n trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// (μM + s)/(M + n), the posterior mean, in \[0, 1\].
    pub mean: f64,
    /// 2.5 % quantile of the posterior, the lower end of a 95 % credible interval.
    pub low: f64,
    /// 97.5 % quantile, the upper end.
    pub high: f64,
}

/// Strength is looked for between these.
const STRENGTHS: (f64, f64) = (0.5, 1e6);

impl Prior {
    /// Empirical Bayes: mean and strength that maximise the beta-binomial likelihood Σ [lnB(s + μM, n − s + (1−μ)M) − lnB(μM, (1−μ)M)]
    /// of groups (successes s, trials n) (Skellam 1948). Groups that do not differ more than by chance give the highest strength,
    /// 1,000,000.
    ///
    /// # Errors
    /// [`Fault::NotCounts`] without any trials or with more successes than trials.
    pub fn fit(groups: &[(u64, u64)]) -> Result<Self, Fault> {
        let (successes, trials) = groups.iter().fold((0_u64, 0_u64), |(s, n), group| (s + group.0, n + group.1));
        if trials == 0 || groups.iter().any(|(s, n)| s > n) {
            return Err(Fault::NotCounts);
        }
        // One half each way keeps a rate of 0 or 1 inside.
        let pooled = (successes as f64 + 0.5) / (trials as f64 + 1.0);
        let rarest = 0.5 / (trials as f64 + 1.0);
        let mut prior = Self { mean: pooled, strength: 20.0 };
        for _ in 0..12 {
            let logit = |p: f64| libm::log(p / (1.0 - p));
            let around = logit(prior.mean);
            let strength = maximum(libm::log(STRENGTHS.0), libm::log(STRENGTHS.1), |ln| {
                likelihood(groups, Self { strength: libm::exp(ln), ..prior })
            });
            prior.strength = libm::exp(strength);
            let mean = maximum(around - 1.0, around + 1.0, |eta| likelihood(groups, Self { mean: logistic(eta), ..prior }));
            prior.mean = logistic(mean).clamp(rarest, 1.0 - rarest);
        }
        Ok(prior)
    }

    /// The rate of a group with s = `successes` of n = `trials`: mean and quantiles of Beta(μM + s, (1 − μ)M + n − s).
    ///
    /// # Errors
    /// [`Fault::NotCounts`] for s > n.
    pub fn rate(&self, successes: u64, trials: u64) -> Result<Rate, Fault> {
        if successes > trials {
            return Err(Fault::NotCounts);
        }
        let a = self.mean * self.strength + successes as f64;
        let b = (1.0 - self.mean) * self.strength + (trials - successes) as f64;
        Ok(Rate { mean: a / (a + b), low: quantile(0.025, a, b), high: quantile(0.975, a, b) })
    }
}

/// By bisection, which is as quick where a parameter is tiny.
fn quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle: f64 = 0.5 * (low + high);
        if beta_share(middle, 1.0 - middle, a, b) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

fn likelihood(groups: &[(u64, u64)], prior: Prior) -> f64 {
    let (a, b) = (prior.mean * prior.strength, (1.0 - prior.mean) * prior.strength);
    let own = ln_beta(a, b);
    groups.iter().map(|&(s, n)| ln_beta(a + s as f64, b + (n - s) as f64) - own).sum()
}
