//! Why there is no model, or no choice.

/// A named reason instead of a number: where a formula of this module has no value, or none that says anything.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A row has another number of features than the ones before.
    #[error("a row has {found} features instead of {wanted}")]
    Width {
        /// Features in this row (scores, where a score per customer was wanted).
        found: usize,
        /// Features in the others (customers).
        wanted: usize,
    },
    /// A value or a result is infinite, or not a number.
    #[error("a value is not a finite number")]
    NotFinite,
    /// An arm has n < 2·(features + 1) customers, two per coefficient (convention of this crate), or nobody.
    #[error("an arm has {seen} customers; {needed} at least are needed")]
    TooFew {
        /// n, customers in the arm.
        seen: usize,
        /// How many are needed.
        needed: usize,
    },
    /// y outside \[0, 1\]: a logistic base learns outcomes between 0 and 1.
    #[error("a logistic base needs outcomes between 0 and 1")]
    NotARate,
    /// Fewer than [`BLOCKS_NEEDED`](super::BLOCKS_NEEDED) blocks to learn from.
    #[error("{seen} blocks have been seen; {needed} are needed")]
    TooFewBlocks {
        /// How many have been seen.
        seen: u64,
        /// How many are needed.
        needed: u64,
    },
    /// s > n or Σn = 0: more successes than trials, or no trials at all; or a strength that is not above 0.
    #[error("the counts are not successes out of trials")]
    NotCounts,
    /// A share outside \[0, 1\].
    #[error("{value} does not lie between 0 and 1")]
    NotAShare {
        /// The value that was given.
        value: f64,
    },
    /// A price, cost or budget below zero, in yen.
    #[error("{value} is below zero")]
    Negative {
        /// The value that was given.
        value: f64,
    },
    /// from₀ ≠ 0 or from_k ≥ from_(k+1): a tariff's steps must begin at message 0 and rise.
    #[error("the steps of a tariff must begin at 0 and rise")]
    StepsOutOfOrder,
    /// None of the slots 0…11 is allowed: there is nothing to choose from.
    #[error("no slot of the day is allowed")]
    NoSlot,
}

pub(super) fn finite(value: f64) -> Result<f64, Fault> {
    if value.is_finite() { Ok(value) } else { Err(Fault::NotFinite) }
}

pub(super) fn share(value: f64) -> Result<f64, Fault> {
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(Fault::NotAShare { value }) }
}

pub(super) fn not_negative(value: f64) -> Result<f64, Fault> {
    if finite(value)? < 0.0 { Err(Fault::Negative { value }) } else { Ok(value) }
}
