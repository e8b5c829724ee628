//! Did the customers arrive in the arms in the shares they were dealt in?

use super::Fault;
use super::fault::positive;
use crate::numeric::chi;

/// Under this p-value the split is broken and the experiment invalid. Convention of this crate, near the usual one for
/// sample-ratio mismatch (Fabijan et al. 2019), low enough that a daily check does not cry wolf.
pub const BROKEN_BELOW: f64 = 0.001;

/// The sample-ratio check, see [`check_split`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SplitCheck {
    /// Pearson's (1900) χ² = Σ over arms of (observed − expected)²/expected, expected = all·share/Σ shares.
    pub chi_square: f64,
    /// P(χ²_(arms−1) ≥ χ²): as far apart or farther while the shares hold, in \[0, 1\].
    pub p_value: f64,
    /// p < [`BROKEN_BELOW`]: something loses customers in one arm, and no figure of the experiment can be trusted.
    pub broken: bool,
}

/// Compares customers per arm with the shares they should have (any positive weights, one per arm in the same order) by Pearson's
/// χ² test of fit.
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
