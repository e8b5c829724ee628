//! What a made-up world cannot be made of.

/// A parameter outside its range: a distribution that is not defined there.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// A shape, rate or scale must be a finite number above zero: 0 < value < ∞.
    #[error("{name} = {value} is not a finite number above zero")]
    NotPositive {
        /// The literature's name of the parameter.
        name: &'static str,
        /// The value that was given.
        value: f64,
    },
    /// A share or probability must lie in \[0, 1\].
    #[error("{name} = {value} does not lie between 0 and 1")]
    NotAShare {
        /// The name of the field.
        name: &'static str,
        /// The value that was given.
        value: f64,
    },
    /// A length of time must be finite and not negative: 0 ≤ value < ∞, in weeks.
    #[error("{name} = {value} is not a length of time")]
    NotATime {
        /// The name of the field.
        name: &'static str,
        /// The value that was given, in weeks.
        value: f64,
    },
}

pub(super) fn positive(name: &'static str, value: f64) -> Result<(), Fault> {
    if value.is_finite() && value > 0.0 { Ok(()) } else { Err(Fault::NotPositive { name, value }) }
}

pub(super) fn share(name: &'static str, value: f64) -> Result<(), Fault> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Fault::NotAShare { name, value }) }
}

pub(super) fn time(name: &'static str, value: f64) -> Result<(), Fault> {
    if value.is_finite() && value >= 0.0 { Ok(()) } else { Err(Fault::NotATime { name, value }) }
}
