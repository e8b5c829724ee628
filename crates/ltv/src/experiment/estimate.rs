//! The effect with its chance: intervals that hold for one look, and such that hold for every look.

use super::fault::{finite, open_share, positive};
use super::{Fault, Level};
use crate::numeric::{normal, student};

/// N*, customers in both arms for which always-valid intervals are narrowest, where nothing else is known: the default of
/// GrowthBook's `gbstats` (MIT).
pub const SEQUENTIAL_TUNED_FOR: f64 = 5_000.0;

/// A difference between two arms, absolute ([`difference`]) or relative ([`relative`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// m₂ − m₁ (in the outcome's unit per customer), or (m₂ − m₁)/m₁ (a share), m the arms' levels.
    pub value: f64,
    /// Variance of `value` over repetitions of the experiment, its unit squared; above 0.
    pub variance: f64,
    /// N = n₁ + n₂, customers in both arms.
    pub n: u64,
    /// ν, degrees of freedom of the variance: (v₁ + v₂)²/(v₁²/(n₁−1) + v₂²/(n₂−1)) (Welch 1947).
    pub freedom: f64,
}

/// How often the result is looked at before it is believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Looks {
    /// Once, at a size fixed beforehand: value ± t_(ν, 1−α/2)·se (Welch 1947).
    Once,
    /// As often as one likes, and one may stop whenever one likes: asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha,
    /// Kennedy & Ramdas 2021), value ± se·√(2(Nρ²+1)/(Nρ²)·ln(√(Nρ²+1)/α)) with ρ² = (−2 ln α + ln(1 − 2 ln α))/N*.
    Any {
        /// N* > 0: customers in both arms at which the interval is to be narrowest; does not touch its validity.
        tuned_for: f64,
    },
}

/// An effect with its interval, see [`Estimate::answer`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    /// The effect, [`Estimate::value`], in its unit.
    pub value: f64,
    /// √variance, its standard error, in the same unit.
    pub std_error: f64,
    /// Lower end of the interval of coverage 1 − α, in the same unit.
    pub low: f64,
    /// Upper end, in the same unit.
    pub high: f64,
    /// Two-sided, in \[0, 1\]: P(|t_ν| ≥ |value|/se) for [`Looks::Once`]; min(1, √(Nρ²+1)·exp(−z²·Nρ²/(2(Nρ²+1)))), z = value/se, valid
    /// at every look, for [`Looks::Any`].
    pub p_value: f64,
}

/// m₂ − m₁ (`second` − `first`) in the outcome's unit: variance v₁ + v₂, degrees of freedom (v₁ + v₂)²/(v₁²/(n₁−1) + v₂²/(n₂−1))
/// (Welch 1947).
///
/// # Errors
/// [`Fault::NoSpread`] where neither arm varies, [`Fault::TooFew`], [`Fault::NotFinite`].
pub fn difference(first: &Level, second: &Level) -> Result<Estimate, Fault> {
    estimate(second.value - first.value, first, second, (1.0, 1.0))
}

/// (m₂ − m₁)/m₁, a share of the first arm's level: by the delta method the variance is v₂/m₁² + v₁·m₂²/m₁⁴ (Deng, Knoblich & Lu
/// 2018). Refused where the first arm's 95 %
/// interval reaches down to zero, for there Fieller's (1954) exact set is unbounded and this approximation worthless.
///
/// # Errors
/// [`Fault::BaselineUnclear`], and as [`difference`].
pub fn relative(first: &Level, second: &Level) -> Result<Estimate, Fault> {
    let reach = student::critical(0.05, (first.n.max(2) - 1) as f64) * libm::sqrt(first.variance);
    if first.value.is_nan() || first.value <= reach {
        return Err(Fault::BaselineUnclear);
    }
    let base = first.value;
    let ratio = second.value / base;
    estimate(ratio - 1.0, first, second, ((ratio / base) * (ratio / base), 1.0 / (base * base)))
}

fn estimate(value: f64, first: &Level, second: &Level, scale: (f64, f64)) -> Result<Estimate, Fault> {
    if let Some(n) = [first.n, second.n].into_iter().find(|&n| n < 2) {
        return Err(Fault::TooFew { n });
    }
    let parts = (first.variance * scale.0, second.variance * scale.1);
    let variance = finite(parts.0 + parts.1)?;
    if variance <= 0.0 {
        return Err(Fault::NoSpread);
    }
    let share = (parts.0 / variance, parts.1 / variance);
    let freedom = 1.0 / (share.0 * share.0 / (first.n - 1) as f64 + share.1 * share.1 / (second.n - 1) as f64);
    Ok(Estimate { value: finite(value)?, variance, n: first.n + second.n, freedom })
}

impl Estimate {
    /// The effect with its interval of coverage 1 − `alpha`: value ± reach·se, with the reach that [`Looks`] names.
    ///
    /// # Errors
    /// [`Fault::NotAShare`] for `alpha` outside (0, 1), [`Fault::NotPositive`] for N*, [`Fault::NoSpread`].
    pub fn answer(&self, looks: Looks, alpha: f64) -> Result<Answer, Fault> {
        open_share(alpha)?;
        if self.variance.is_nan() || self.variance <= 0.0 {
            return Err(Fault::NoSpread);
        }
        let std_error = libm::sqrt(self.variance);
        let standardised = self.value / std_error;
        let (reach, p_value) = match looks {
            Looks::Once => (student::critical(alpha, self.freedom), student::two_sided(standardised, self.freedom)),
            Looks::Any { tuned_for } => {
                let mixture = Mixture::tuned(alpha, positive(tuned_for)?);
                (mixture.reach(self.n as f64, alpha), mixture.p_value(self.n as f64, standardised))
            }
        };
        let half = reach * std_error;
        Ok(Answer { value: self.value, std_error, low: self.value - half, high: self.value + half, p_value })
    }
}

/// The normal mixture behind the asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2021,
/// "Time-uniform central limit theory and asymptotic confidence sequences"; in GrowthBook's form).
#[derive(Clone, Copy, Debug)]
pub(super) struct Mixture {
    rho_squared: f64,
}

impl Mixture {
    /// ρ² = (−2 ln α + ln(1 − 2 ln α))/N*.
    pub(super) fn tuned(alpha: f64, tuned_for: f64) -> Self {
        let spent = -2.0 * libm::log(alpha);
        Self { rho_squared: (spent + libm::log1p(spent)) / tuned_for }
    }

    /// Half-width in standard errors: √(2(Nρ² + 1)/(Nρ²) · ln(√(Nρ² + 1)/α)).
    pub(super) fn reach(self, n: f64, alpha: f64) -> f64 {
        let spread = n * self.rho_squared;
        libm::sqrt(2.0 * (spread + 1.0) / spread * (0.5 * libm::log1p(spread) - libm::log(alpha)))
    }

    /// min(1, √(Nρ² + 1)·exp(−z²·Nρ²/(2(Nρ² + 1)))), z = effect/standard error.
    fn p_value(self, n: f64, z: f64) -> f64 {
        let spread = n * self.rho_squared;
        libm::exp(0.5 * libm::log1p(spread) - z * z * spread / (2.0 * (spread + 1.0))).min(1.0)
    }
}

/// Half-width of an interval in standard errors for large samples: z or the confidence sequence's.
pub(super) fn reach(looks: Looks, alpha: f64, n: f64) -> Result<f64, Fault> {
    Ok(match looks {
        Looks::Once => -normal::quantile(0.5 * open_share(alpha)?),
        Looks::Any { tuned_for } => Mixture::tuned(open_share(alpha)?, positive(tuned_for)?).reach(n, alpha),
    })
}
