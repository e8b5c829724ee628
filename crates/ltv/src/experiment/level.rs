//! One arm's level: what is compared.

use super::fault::finite;
use super::{Fault, PairMoments};

/// An arm's mean m (or ratio) with the variance v of that mean: s²/n for a mean, the delta method's for a ratio, the residual's
/// after CUPED.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// n, customers dealt to the arm.
    pub n: u64,
    /// m, the mean or ratio, in the outcome's unit per customer (or per unit of the denominator).
    pub value: f64,
    /// v, the variance of `value` over repetitions of the experiment, its unit squared.
    pub variance: f64,
}

/// A ratio of two sums per arm, such as yen per order or clicks per message, where customers and not orders were dealt to the
/// arms: of a pair `first` is the numerator Y, `second` the denominator X, one pair per customer. R = Ȳ/X̄ (Deng, Knoblich & Lu
/// 2018).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RatioMoments(pub PairMoments);

impl RatioMoments {
    /// R = Ȳ/X̄ with variance (s²_Y − 2R·s_XY + R²·s²_X)/(n·X̄²): delta method (Deng, Knoblich and Lu 2018, "Applying the
    /// delta method in metric analytics").
    ///
    /// # Errors
    /// [`Fault::TooFew`], [`Fault::EmptyDenominator`], [`Fault::NotFinite`].
    pub fn level(&self) -> Result<Level, Fault> {
        let Self(pair) = self;
        let (top, bottom) = (pair.first.mean(), pair.second.mean());
        let spread = (pair.first.variance()?, pair.covariance()?, pair.second.variance()?);
        if bottom == 0.0 {
            return Err(Fault::EmptyDenominator);
        }
        let ratio = top / bottom;
        let residual = (spread.0 - 2.0 * ratio * spread.1 + ratio * ratio * spread.2).max(0.0);
        let n = pair.first.n();
        Ok(Level { n, value: finite(ratio)?, variance: finite(residual / (n as f64 * bottom * bottom))? })
    }
}

impl FromIterator<(f64, f64)> for RatioMoments {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}
