//! Did the customers arrive in the arms in the shares they were dealt in?

use super::Fault;
use super::fault::positive;
use crate::numeric::chi;

/// Under this p-value the split is broken and the experiment invalid.
pub const BROKEN_BELOW: f64 = 0.001;

/// The sample-ratio check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitCheck {
    /// Pearson's χ² = Σ (observed − expected)²/expected.
    pub chi_square: f64,
    /// P(as far apart or farther | the shares hold), arms − 1 degrees of freedom.
    pub p_value: f64,
    /// p < [`BROKEN_BELOW`]: something loses customers in one arm, and no figure of the experiment can be trusted.
    pub broken: bool,
}

/// Compares customers per arm with the shares they should have (any positive weights).
///
/// # Errors
/// [`Fault::ArmsAndSharesDiffer`], [`Fault::NotPositive`] for a share, [`Fault::Nothing`] under two arms or without
/// customers.
pub fn check_split(observed: &[u64], shares: &[f64]) -> Result<SplitCheck, Fault> {
    if observed.len() != shares.len() {
        return Err(Fault::ArmsAndSharesDiffer { arms: observed.len(), shares: shares.len() });
    }
    for &share in shares {
        positive(share)?;
    }
    let (all, weight) = (observed.iter().sum::<u64>() as f64, shares.iter().sum::<f64>());
    if observed.len() < 2 || all == 0.0 {
        return Err(Fault::Nothing);
    }
    let chi_square = observed
        .iter()
        .zip(shares)
        .map(|(&seen, share)| {
            let expected = all * share / weight;
            (seen as f64 - expected) * (seen as f64 - expected) / expected
        })
        .sum();
    let freedom = u32::try_from(observed.len() - 1).unwrap_or(u32::MAX);
    let p_value = chi::upper(chi_square, freedom);
    Ok(SplitCheck { chi_square, p_value, broken: p_value < BROKEN_BELOW })
}
