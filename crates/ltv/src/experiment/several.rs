//! Several comparisons at once.

/// Holm's (1979) step-down: p-values for which the chance of any false alarm among all comparisons stays at the level asked
/// for; p'₍ᵢ₎ = max over j ≤ i of (m − j + 1)·p₍ⱼ₎, at most 1. `p_values` in \[0, 1\]; the
/// answer has their order.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut highest: f64 = 0.0;
    for (rank, &at) in order.iter().enumerate() {
        highest = highest.max((p_values.len() - rank) as f64 * p_values[at]).min(1.0);
        adjusted[at] = highest;
    }
    adjusted
}
