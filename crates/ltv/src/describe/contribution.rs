//! How much of a change of lifetime value each factor made.

use super::window::Factors;

/// A factor of lifetime value V = order value × margin × frequency × lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// Money per order, [`Factors::order_value`].
    OrderValue,
    /// Margin as a share of money, [`Factors::margin`].
    Margin,
    /// Orders per buyer and year, [`Factors::frequency`].
    Frequency,
    /// Years a customer stays, [`Factors::lifetime`].
    Lifetime,
}

/// A factor's part in the change V₁ − V₀ (Ang 2005), see [`contributions`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// The factor f that changed from f₀ to f₁.
    pub factor: Factor,
    /// L(V₁, V₀)·ln(f₁/f₀), its part, in money (per buyer; per year without a lifetime); all parts add up to the change.
    pub money: f64,
}

/// Splits V₁ − V₀ over the factors: L(V₁, V₀)·ln(f₁/f₀) each, L(a, b) = (a − b)/ln(a/b) the logarithmic mean. The parts add up
/// exactly, because Σ ln(f₁/f₀) = ln(V₁/V₀), and do not depend on an order (logarithmic mean Divisia index I, Ang 2005). V is lifetime value if both windows have a
/// lifetime, else value per buyer and year. `None` if a factor is not above 0.
pub fn contributions(before: &Factors, after: &Factors) -> Option<Vec<Contribution>> {
    let mut pairs = vec![
        (Factor::OrderValue, before.order_value, after.order_value),
        (Factor::Margin, before.margin, after.margin),
        (Factor::Frequency, before.frequency, after.frequency),
    ];
    if let (Some(before), Some(after)) = (before.lifetime, after.lifetime) {
        pairs.push((Factor::Lifetime, before, after));
    }
    if pairs.iter().any(|(_, before, after)| !before.is_finite() || !after.is_finite() || *before <= 0.0 || *after <= 0.0) {
        return None;
    }
    let old: f64 = pairs.iter().map(|(_, before, _)| before).product();
    let new: f64 = pairs.iter().map(|(_, _, after)| after).product();
    let weight = logarithmic_mean(new, old);
    Some(
        pairs.into_iter().map(|(factor, before, after)| Contribution { factor, money: weight * (after / before).ln() }).collect(),
    )
}

fn logarithmic_mean(a: f64, b: f64) -> f64 {
    let ln = (a / b).ln();
    // The series a·(1 − ln/2) where the quotient has lost its digits.
    if ln.abs() < 1e-9 { a * (1.0 - 0.5 * ln) } else { (a - b) / ln }
}
