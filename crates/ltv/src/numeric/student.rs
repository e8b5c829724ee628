//! Student's t distribution.

use super::normal;
use super::special::beta_share;

/// From so many degrees of freedom the normal distribution is the same to ten digits.
const NORMAL_FROM: f64 = 1e7;
/// From so many the quantile's expansion in 1/ν is exact to twelve digits.
const SERIES_FROM: f64 = 1_000.0;

/// P(|T| ≥ |t|) with ν degrees of freedom: the regularised incomplete beta function I_{ν/(ν+t²)}(ν/2, ½).
pub(crate) fn two_sided(t: f64, nu: f64) -> f64 {
    if nu >= NORMAL_FROM {
        return normal::two_sided(t);
    }
    if t == 0.0 {
        return 1.0;
    }
    let sum = nu + t * t;
    beta_share(nu / sum, t / sum * t, 0.5 * nu, 0.5)
}

/// t with P(|T| ≥ t) = alpha: by the Cornish-Fisher series for large ν (Abramowitz and Stegun 26.7.5), else by bisection.
pub(crate) fn critical(alpha: f64, nu: f64) -> f64 {
    let z = -normal::quantile(0.5 * alpha);
    if nu >= NORMAL_FROM {
        return z;
    }
    if nu >= SERIES_FROM && z < 8.0 {
        return series(z, nu);
    }
    let (mut low, mut high) = (z, z + 1.0);
    while two_sided(high, nu) > alpha && high < 1e200 {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if two_sided(middle, nu) > alpha { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

fn series(z: f64, nu: f64) -> f64 {
    let s = z * z;
    let first = z * (s + 1.0) / 4.0;
    let second = z * ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    let third = z * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    z + (first + (second + third / nu) / nu) / nu
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_of_the_tables() {
        for (nu, t) in [(1.0, 12.7062047362), (2.0, 4.3026527297), (12.0, 2.1788128297), (100.0, 1.9839715185)] {
            assert!((critical(0.05, nu) - t).abs() < 1e-9, "{nu}");
        }
    }

    #[test]
    fn the_series_meets_the_bisection_and_the_normal() {
        for alpha in [0.2, 0.05, 1e-3] {
            assert!((two_sided(critical(alpha, 1_000.0), 1_000.0) / alpha - 1.0).abs() < 1e-9);
            assert!((critical(alpha, 999_999.0) / critical(alpha, 1e8) - 1.0).abs() < 1e-5);
        }
        assert!(two_sided(22.0, 40_000.0) > 0.0 && two_sided(22.0, 40_000.0) < 1e-100);
    }
}
