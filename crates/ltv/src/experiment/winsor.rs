//! Money with its few huge orders held down.

use super::Fault;

/// Bounds between which values are kept: min(max(x, low), high) (Tukey 1962).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Winsor {
    /// Lowest kept value, in the values' unit.
    pub low: f64,
    /// Highest kept value, in the values' unit.
    pub high: f64,
}

/// Bounds at the `tail` and 1 − `tail` quantiles (0 ≤ tail < ½) of the values of all arms together, for bounds per arm would
/// move the arms differently. A quantile is the smallest value that at least such a share of values does not exceed. What is
/// then estimated is the effect on the winsorised outcome (Tukey 1962): less chance, and blind to what happens above the bound.
///
/// # Errors
/// [`Fault::NotAShare`] for the tail, [`Fault::Nothing`] without values, [`Fault::NotFinite`].
pub fn cap_at(values: impl IntoIterator<Item = f64>, tail: f64) -> Result<Winsor, Fault> {
    if !(0.0..0.5).contains(&tail) {
        return Err(Fault::NotAShare { value: tail });
    }
    let mut sorted: Vec<f64> = values.into_iter().collect();
    if sorted.iter().any(|value| !value.is_finite()) {
        return Err(Fault::NotFinite);
    }
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1).ok_or(Fault::Nothing)?;
    let cut = (((sorted.len() as f64) * tail).floor() as usize).min(last / 2);
    Ok(Winsor { low: sorted[cut], high: sorted[last - cut] })
}

impl Winsor {
    /// min(max(x, low), high): the value moved to the nearer bound if it lies outside.
    pub fn hold(&self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }
}
