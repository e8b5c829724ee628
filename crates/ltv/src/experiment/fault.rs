//! Why a question about an experiment has no answer.

/// A named reason instead of a number: where the formula of a question has no value, or none that says anything.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// n < 2: s² = Σ(x − x̄)²/(n − 1) needs two customers (for [`pool`](super::pool()): two campaigns).
    #[error("an arm has {n} customers; two at least are needed")]
    TooFew {
        /// n, customers in the arm.
        n: u64,
    },
    /// A value or a result is infinite, or not a number.
    #[error("a value is not a finite number")]
    NotFinite,
    /// Σx² < (Σx)²/n: no numbers have such sums (Cauchy–Schwarz).
    #[error("the sum of squares is smaller than the sum allows")]
    ImpossibleSums,
    /// v₁ + v₂ = 0: every value of both arms is the same, and nothing is known of their chance.
    #[error("the outcome does not vary in either arm")]
    NoSpread,
    /// m₁ ≤ t·√v₁: the first arm's 95 % interval reaches down to zero, and a relative difference would be unbounded (Fieller 1954).
    #[error("the first arm's mean is not clearly above zero; a relative difference says nothing")]
    BaselineUnclear,
    /// X̄ = 0: the denominator of a ratio Ȳ/X̄ is zero.
    #[error("the denominator of the ratio is zero")]
    EmptyDenominator,
    /// A level, share or power outside (0, 1) (a tail: outside \[0, ½)).
    #[error("{value} does not lie between 0 and 1")]
    NotAShare {
        /// The value that was given.
        value: f64,
    },
    /// A number that must be finite and above zero.
    #[error("{value} is not above zero")]
    NotPositive {
        /// The value that was given.
        value: f64,
    },
    /// Σ shares of the arms ≠ what they must add up to.
    #[error("the shares of the arms add up to {sum} instead of {wanted}")]
    SharesDoNotAddUp {
        /// Σ of the shares that were given.
        sum: f64,
        /// What they should add up to: [`BUCKETS`](super::assign::BUCKETS).
        wanted: f64,
    },
    /// Numbers of arms and shares differ: one share per arm is needed.
    #[error("{arms} arms and {shares} shares")]
    ArmsAndSharesDiffer {
        /// How many arms.
        arms: usize,
        /// How many shares.
        shares: usize,
    },
    /// Nothing was given, or no more than one arm.
    #[error("nothing to compare")]
    Nothing,
}

pub(super) fn open_share(value: f64) -> Result<f64, Fault> {
    if value > 0.0 && value < 1.0 { Ok(value) } else { Err(Fault::NotAShare { value }) }
}

pub(super) fn positive(value: f64) -> Result<f64, Fault> {
    if value > 0.0 && value.is_finite() { Ok(value) } else { Err(Fault::NotPositive { value }) }
}

pub(super) fn finite(value: f64) -> Result<f64, Fault> {
    if value.is_finite() { Ok(value) } else { Err(Fault::NotFinite) }
}
