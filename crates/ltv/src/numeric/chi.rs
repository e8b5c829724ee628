//! The chi-square distribution.

use super::normal;
use super::special::ln_gamma;

/// P(X ≥ x) with k degrees of freedom: the regularised upper incomplete gamma function Q(k/2, z), z = x/2, by the recurrence
/// Q(a + 1, z) = Q(a, z) + zᵃ e^−z / Γ(a + 1) (DLMF 8.8.6) from Q(½, z) = erfc(√z) or Q(1, z) = e^−z. All terms are
/// positive, so that small probabilities keep their digits.
pub(crate) fn upper(x: f64, k: u32) -> f64 {
    if x <= 0.0 || k == 0 {
        return 1.0;
    }
    let z = 0.5 * x;
    let (start, first) = if k % 2 == 1 { (0.5, normal::two_sided(libm::sqrt(x))) } else { (1.0, libm::exp(-z)) };
    let term = |step: u32| {
        let a = start + f64::from(step);
        libm::exp(a * libm::log(z) - z - ln_gamma(a + 1.0))
    };
    (first + (0..(k - 1) / 2).map(term).sum::<f64>()).min(1.0)
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

    /// 20-digit values.
    #[test]
    fn small_probabilities_keep_their_digits() {
        let cases = [
            (7.0, 3, 0.07189777249646513),
            (40.0, 4, 4.3284226071209714e-08),
            (200.0, 5, 2.8406228986415315e-41),
            (1200.0, 10, 1.4408034326399303e-251),
            (3.0, 30, 0.9999999999176028),
            (101.0, 101, 0.48128504536921946),
        ];
        for (x, k, p) in cases {
            assert!((upper(x, k) / p - 1.0).abs() < 1e-13, "{x} {k}: {}", upper(x, k));
        }
    }
}
