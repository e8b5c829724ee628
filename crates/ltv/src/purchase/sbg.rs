//! Subscriptions: whoever leaves says so.

use super::optimise::{Start, maximise};
use super::sum::Evaluation;
use crate::numeric::special::{digamma, ln_beta};

/// Shifted-beta-geometric (Fader & Hardie 2007, "How to Project Customer Retention"): at the end of each period a subscriber
/// leaves with a probability of his own, θ ~ Beta(α, β).
///
/// Survival S(t) = B(α, β+t)/B(α, β); P(leaves at the end of period t) = B(α+1, β+t−1)/B(α, β).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sbg {
    /// α > 0, first shape of θ ~ Beta(α, β), without unit: in the first period α/(α+β) leave.
    pub alpha: f64,
    /// β > 0, second shape, without unit.
    pub beta: f64,
}

/// Subscribers who began together: n₀, n₁, n₂, … are left after 0, 1, 2, … periods (the data of Fader & Hardie 2007). Checked when
/// made: finite, n₀ > 0, never rising.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    left: Vec<f64>,
}

/// Why a row of numbers n₀, n₁, … is no retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetentionFault {
    /// Fewer than two numbers: no period has passed.
    TooShort,
    /// A number that is not finite or below 0, or nobody at the start.
    NotACount,
    /// n_k > n_(k−1): more subscribers than a period before.
    Rising,
    /// Nobody ever left (β/α → ∞ fits best) or everybody in the first period (α/β → ∞): no two parameters follow from that.
    NothingToLearn,
}

impl Retention {
    /// Subscribers n₀, n₁, … left after 0, 1, 2, … periods of equal length; numbers may be weights.
    ///
    /// # Errors
    /// [`RetentionFault::TooShort`], [`RetentionFault::NotACount`], [`RetentionFault::Rising`],
    /// [`RetentionFault::NothingToLearn`], in this order.
    pub fn new(left: Vec<f64>) -> Result<Self, RetentionFault> {
        match left.as_slice() {
            [] | [_] => Err(RetentionFault::TooShort),
            counts if counts.iter().any(|count| !count.is_finite() || *count < 0.0) || counts[0] <= 0.0 => {
                Err(RetentionFault::NotACount)
            }
            counts if counts.windows(2).any(|pair| pair[1] > pair[0]) => Err(RetentionFault::Rising),
            [first, second, ..] if *second == 0.0 || left.last() == Some(first) => Err(RetentionFault::NothingToLearn),
            _ => Ok(Self { left }),
        }
    }

    /// (period, how many left at its end), and who is still there after the last one.
    fn losses(&self) -> (impl Iterator<Item = (f64, f64)>, (f64, f64)) {
        let lost = self.left.windows(2).zip(1_u32..).map(|(pair, period)| (f64::from(period), pair[0] - pair[1]));
        let last = self.left.len() - 1;
        (lost, (last as f64, self.left[last]))
    }
}

/// An sBG fitted by maximum likelihood, see [`fit_retention`].
#[derive(Clone, Debug)]
pub struct RetentionFit {
    /// α̂ and β̂.
    pub model: Sbg,
    /// Standard errors of α and β from the inverse of the observed information; `None` without a maximum inside.
    pub standard_errors: Option<[f64; 2]>,
    /// Σ ln L over the subscribers of all cohorts at the maximum.
    pub log_likelihood: f64,
    /// Whether the gradient vanished with α and β within e^±11.5.
    pub converged: bool,
}

impl Sbg {
    /// S(t) = B(α, β+t)/B(α, β): the share still subscribed after t periods, in (0, 1\] (Fader & Hardie 2007).
    pub fn survival(&self, t: u32) -> f64 {
        (ln_beta(self.alpha, self.beta + f64::from(t)) - ln_beta(self.alpha, self.beta)).exp()
    }

    /// r(t) = (β+t−1)/(α+β+t−1): of those who are there in period t ≥ 1, the share that stays for the next, S(t)/S(t−1)
    /// (Fader & Hardie 2007); rises with t. 0 counts as 1.
    pub fn retention(&self, t: u32) -> f64 {
        let at = f64::from(t.max(1)) - 1.0;
        (self.beta + at) / (self.alpha + self.beta + at)
    }

    /// Expected further periods paid by somebody who has renewed `renewed` times, each discounted by `rate` per period (above −1),
    /// within a finite horizon:
    /// Σ over k = 1 … periods of S(renewed+k)/S(renewed)·(1+rate)^−k (Fader & Hardie 2010, "Customer-Base Valuation in a
    /// Contractual Setting", cut off at the horizon).
    pub fn residual(&self, renewed: u32, periods: u32, rate: f64) -> f64 {
        let mut survivors = 1.0;
        let mut factor = 1.0;
        let mut sum = 0.0;
        for period in 1..=periods {
            survivors *= self.retention(renewed.saturating_add(period));
            factor /= 1.0 + rate;
            sum += survivors * factor;
        }
        sum
    }

    fn evaluate(&[alpha, beta]: &[f64; 2], cohorts: &[Retention]) -> Evaluation<2> {
        let mut sum = Evaluation::ZERO;
        let whole = ln_beta(alpha, beta);
        let both = digamma(alpha + beta);
        for cohort in cohorts {
            let (lost, (last, stayed)) = cohort.losses();
            for (period, count) in lost.filter(|(_, count)| *count > 0.0) {
                let (first, second) = (alpha + 1.0, beta + period - 1.0);
                let all = digamma(first + second);
                let by_alpha = digamma(first) - all - digamma(alpha) + both;
                sum.add(count, ln_beta(first, second) - whole, [by_alpha, digamma(second) - all - digamma(beta) + both]);
            }
            let all = digamma(alpha + beta + last);
            let by_beta = digamma(beta + last) - all - digamma(beta) + both;
            sum.add(stayed, ln_beta(alpha, beta + last) - whole, [both - all, by_beta]);
        }
        sum
    }
}

/// Fits one sBG to cohorts of any lengths by maximum likelihood: ln L = Σ over cohorts and periods t of
/// (n_(t−1) − n_t)·ln P(leaves at the end of t) + n_last·ln S(last) (Fader & Hardie 2007). `None` without a cohort.
pub fn fit_retention(cohorts: &[Retention]) -> Option<RetentionFit> {
    let weight: f64 = cohorts.iter().map(|cohort| cohort.left[0]).sum();
    if weight <= 0.0 {
        return None;
    }
    let maximum = maximise(&Start::guess([1.0, 2.0]), weight, |at| Sbg::evaluate(at, cohorts));
    let [alpha, beta] = maximum.at;
    Some(RetentionFit {
        model: Sbg { alpha, beta },
        standard_errors: maximum.log_errors.map(|[by_alpha, by_beta]| [by_alpha * alpha, by_beta * beta]),
        log_likelihood: maximum.value,
        converged: maximum.converged && !maximum.at_edge.contains(&true),
    })
}
