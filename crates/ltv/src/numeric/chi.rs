//! The chi-square distribution.

use special::Gamma;

use super::normal;

/// P(X ≥ x) with k degrees of freedom: 1 − the regularised lower incomplete gamma function P(k/2, x/2); exact forms for one
/// and two, which keep small probabilities.
pub(crate) fn upper(x: f64, k: u32) -> f64 {
    match k {
        _ if x <= 0.0 => 1.0,
        1 => normal::two_sided(libm::sqrt(x)),
        2 => libm::exp(-0.5 * x),
        _ => (1.0 - (0.5 * x).inc_gamma(0.5 * f64::from(k))).clamp(0.0, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_of_the_tables() {
        for (x, k) in [(3.841_458_820_694, 1), (5.991_464_547_108, 2), (7.814_727_903_251, 3), (18.307_038_053_275, 10)] {
            assert!((upper(x, k) - 0.05).abs() < 1e-10, "{k}");
        }
    }
}
