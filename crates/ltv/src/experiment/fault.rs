//! Why a question about an experiment has no answer.

/// A named reason instead of a number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A spread needs two customers at least.
    #[error("an arm has {n} customers; two at least are needed")]
    TooFew {
        /// Customers in the arm.
        n: u64,
    },
    /// Infinite, or not a number.
    #[error("a value is not a finite number")]
    NotFinite,
    /// Σx² is smaller than (Σx)²/n: no numbers have such sums.
    #[error("the sum of squares is smaller than the sum allows")]
    ImpossibleSums,
    /// Every value of both arms is the same: nothing is known of their chance.
    #[error("the outcome does not vary in either arm")]
    NoSpread,
    /// The first arm's level is not clearly above zero: a relative difference would be unbounded.
    #[error("the first arm's mean is not clearly above zero; a relative difference says nothing")]
    BaselineUnclear,
    /// A ratio's denominator is zero.
    #[error("the denominator of the ratio is zero")]
    EmptyDenominator,
    /// A level, share or power outside (0, 1).
    #[error("{value} does not lie between 0 and 1")]
    NotAShare {
        /// What was given.
        value: f64,
    },
    /// A number that must be above zero.
    #[error("{value} is not above zero")]
    NotPositive {
        /// What was given.
        value: f64,
    },
    /// Shares of arms must add up.
    #[error("the shares of the arms add up to {sum} instead of {wanted}")]
    SharesDoNotAddUp {
        /// What they add up to.
        sum: f64,
        /// What they should.
        wanted: f64,
    },
    /// As many shares as arms are needed.
    #[error("{arms} arms and {shares} shares")]
    ArmsAndSharesDiffer {
        /// Arms.
        arms: usize,
        /// Shares.
        shares: usize,
    },
    /// Nothing was given.
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
