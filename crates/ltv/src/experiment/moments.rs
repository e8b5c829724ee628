//! Counts, means and spreads, gathered in one pass.

use super::fault::finite;
use super::{Fault, Level};

/// How far Σx² may fall below (Σx)²/n by rounding, as a share of Σx².
const ROUNDING: f64 = 1e-9;

/// n, x̄ and Σ(x − x̄)² of one value x per customer. Gathered by Welford's update (Welford 1962) and merged by
/// Chan, Golub and LeVeque (1979), which lose no digits where the mean is large beside the spread.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    n: u64,
    mean: f64,
    deviations: f64,
}

impl Moments {
    /// From the sums Σ1, Σx and Σx²: mean = Σx/n, Σ(x − mean)² = Σx² − (Σx)²/n.
    ///
    /// # Errors
    /// [`Fault::TooFew`] without customers, [`Fault::NotFinite`], [`Fault::ImpossibleSums`].
    pub fn from_sums(n: u64, sum: f64, squares: f64) -> Result<Self, Fault> {
        if n == 0 {
            return Err(Fault::TooFew { n });
        }
        let mean = finite(sum)? / n as f64;
        let deviations = finite(finite(squares)? - sum * mean)?;
        if deviations < -ROUNDING * squares.abs() {
            return Err(Fault::ImpossibleSums);
        }
        Ok(Self { n, mean, deviations: deviations.max(0.0) })
    }

    /// Adds one customer's value: x̄ += (x − x̄)/n, Σ(x − x̄)² += (x − x̄ before)(x − x̄ after) (Welford 1962).
    pub fn push(&mut self, value: f64) {
        self.n += 1;
        let before = value - self.mean;
        self.mean += before / self.n as f64;
        self.deviations += before * (value - self.mean);
    }

    /// Both groups together: Σ(x − x̄)² = S₁ + S₂ + (x̄₂ − x̄₁)²·n₁n₂/(n₁ + n₂) (Chan, Golub & LeVeque 1979).
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let n = self.n + other.n;
        if n == 0 {
            return *self;
        }
        let apart = other.mean - self.mean;
        let share = other.n as f64 / n as f64;
        let between = apart * apart * self.n as f64 * share;
        Self { n, mean: self.mean + apart * share, deviations: self.deviations + other.deviations + between }
    }

    /// n, customers.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// x̄ = Σx/n, in the value's unit; 0 without customers.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// s² = Σ(x − x̄)²/(n − 1), in the value's unit squared.
    ///
    /// # Errors
    /// [`Fault::TooFew`] under two customers, [`Fault::NotFinite`].
    pub fn variance(&self) -> Result<f64, Fault> {
        if self.n < 2 { Err(Fault::TooFew { n: self.n }) } else { finite(self.deviations / (self.n - 1) as f64) }
    }

    /// The mean as a level: m = x̄ with variance v = s²/n (central limit theorem).
    ///
    /// # Errors
    /// [`Fault::TooFew`] under two customers, [`Fault::NotFinite`].
    pub fn level(&self) -> Result<Level, Fault> {
        Ok(Level { n: self.n, value: finite(self.mean)?, variance: self.variance()? / self.n as f64 })
    }
}

impl Extend<f64> for Moments {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut moments = Self::default();
        moments.extend(values);
        moments
    }
}

/// Moments of two values x and y per customer and Σ(x − x̄)(y − ȳ), gathered as [`Moments`] are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PairMoments {
    /// Of x, the first value.
    pub first: Moments,
    /// Of y, the second value.
    pub second: Moments,
    products: f64,
}

impl PairMoments {
    /// Adds one customer's values: Σ(x − x̄)(y − ȳ) += (x − x̄ before)(y − ȳ after) (Welford's update for products).
    pub fn push(&mut self, first: f64, second: f64) {
        let before = first - self.first.mean;
        self.first.push(first);
        self.second.push(second);
        self.products += before * (second - self.second.mean);
    }

    /// Both groups together: Σ(x − x̄)(y − ȳ) = P₁ + P₂ + (x̄₂ − x̄₁)(ȳ₂ − ȳ₁)·n₁n₂/(n₁ + n₂) (Chan, Golub & LeVeque 1979).
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let (n, m) = (self.first.n as f64, other.first.n as f64);
        let weight = if n + m > 0.0 { n * m / (n + m) } else { 0.0 };
        let between = (other.first.mean - self.first.mean) * (other.second.mean - self.second.mean) * weight;
        Self {
            first: self.first.merged(&other.first),
            second: self.second.merged(&other.second),
            products: self.products + other.products + between,
        }
    }

    /// Σ(x − x̄)(y − ȳ)/(n − 1), in the product of the values' units.
    ///
    /// # Errors
    /// [`Fault::TooFew`] under two customers, [`Fault::NotFinite`].
    pub fn covariance(&self) -> Result<f64, Fault> {
        let n = self.first.n;
        if n < 2 { Err(Fault::TooFew { n }) } else { finite(self.products / (n - 1) as f64) }
    }
}

impl FromIterator<(f64, f64)> for PairMoments {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(values: I) -> Self {
        let mut moments = Self::default();
        values.into_iter().for_each(|(first, second)| moments.push(first, second));
        moments
    }
}
