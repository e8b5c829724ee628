//! How large an effect can be seen, and how many customers it takes.

use super::estimate::reach;
use super::fault::{finite, open_share, positive};
use super::{Fault, Looks};
use crate::numeric::normal;

/// An experiment before it begins; the question of power is Neyman & Pearson's (1933), for a difference of two means in large
/// samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    /// σ₁, standard deviation of the outcome in the first arm (held back), per customer in the outcome's unit; for a rate p:
    /// √(p(1−p)).
    pub deviation_first: f64,
    /// σ₂, the same in the second arm (sent to).
    pub deviation_second: f64,
    /// n₂/N, share of customers in the second arm, in (0, 1).
    pub second_share: f64,
    /// α in (0, 1), level of the interval of coverage 1 − α, such as 0.05.
    pub alpha: f64,
    /// 1 − β in (0, 1), the chance to see an effect that is there, such as 0.8.
    pub power: f64,
    /// One look or any number: which half-width [`detectable`](Self::detectable) takes.
    pub looks: Looks,
}

/// No sample is larger than the people there are.
const MOST: f64 = 1e10;

/// Fewest customers from `from` on with which an effect is visible that is no larger than `worthwhile`; `visible` falls with their
/// number.
pub(super) fn fewest(from: f64, worthwhile: f64, visible: impl Fn(f64) -> Result<f64, Fault>) -> Result<Option<f64>, Fault> {
    if visible(MOST)? > worthwhile {
        return Ok(None);
    }
    let (mut low, mut high) = (from, MOST);
    while high - low > 0.5 {
        let middle = 0.5 * (low + high);
        if visible(middle)? > worthwhile { low = middle } else { high = middle }
    }
    Ok(Some(high.ceil()))
}

impl Design {
    /// For a rate `base` p in (0, 1), the spread σ = √(p(1−p)) of a Bernoulli variable taken at the base in both arms.
    ///
    /// # Errors
    /// [`Fault::NotAShare`] for the base.
    pub fn of_rate(base: f64, second_share: f64, alpha: f64, power: f64, looks: Looks) -> Result<Self, Fault> {
        let deviation = libm::sqrt(open_share(base)? * (1.0 - base));
        Ok(Self { deviation_first: deviation, deviation_second: deviation, second_share, alpha, power, looks })
    }

    /// Standard error of the difference with `n` customers in both arms together: √(σ₁²/n₁ + σ₂²/n₂), n₂ = share·n, n₁ = n − n₂, in
    /// the outcome's unit.
    ///
    /// # Errors
    /// [`Fault::NotAShare`], [`Fault::NotPositive`], [`Fault::NotFinite`].
    pub fn std_error(&self, n: f64) -> Result<f64, Fault> {
        let share = open_share(self.second_share)?;
        let parts =
            (self.deviation_first * self.deviation_first / (1.0 - share), self.deviation_second * self.deviation_second / share);
        finite(libm::sqrt((parts.0 + parts.1) / positive(n)?))
    }

    /// Smallest true effect that `n` customers show with the asked power, in the outcome's unit: (reach + z_power)·se, reach the
    /// half-width in standard errors, z_(1−α/2) for [`Looks::Once`]. For [`Looks::Any`] that is the power of the last look alone, so
    /// the truth is a little better (derived here; checked by simulation).
    ///
    /// # Errors
    /// [`Fault::NotAShare`], [`Fault::NotPositive`], [`Fault::NotFinite`].
    pub fn detectable(&self, n: f64) -> Result<f64, Fault> {
        let needed = reach(self.looks, self.alpha, n)? + normal::quantile(open_share(self.power)?);
        Ok(needed.max(0.0) * self.std_error(n)?)
    }

    /// Fewest customers N in both arms together that show `effect` (either sign, in the outcome's unit) with the asked power: the
    /// smallest N with [`detectable`](Self::detectable)(N) ≤ |effect|, by bisection; `None` above ten thousand million.
    ///
    /// # Errors
    /// [`Fault::NotPositive`] for an effect of zero, else as [`Design::detectable`].
    pub fn needed(&self, effect: f64) -> Result<Option<u64>, Fault> {
        let effect = positive(effect.abs())?;
        Ok(fewest(1.0, effect, |n| self.detectable(n))?.map(|n| n as u64))
    }
}
