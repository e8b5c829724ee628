//! The standard normal distribution.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// P(Z ≤ z) = ½·erfc(−z/√2).
pub(crate) fn cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

/// P(|Z| ≥ |z|) = erfc(|z|/√2).
pub(crate) fn two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() * FRAC_1_SQRT_2)
}

/// z with P(Z ≤ z) = p; infinite at 0 and 1. Acklam's rational start (relative error 1e-9), then two of Halley's steps on
/// the tail in which p lies, which keeps small p exact.
pub(crate) fn quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -lower(1.0 - p);
    }
    lower(p)
}

fn lower(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    (0..2).fold(start(p), |z, _| {
        let step = (cdf(z) - p) * TAU.sqrt() * libm::exp(0.5 * z * z);
        let next = z - step / (1.0 + 0.5 * z * step);
        if next.is_finite() { next } else { z }
    })
}

fn start(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e+01,
        2.209460984245205e+02,
        -2.759285104469687e+02,
        1.38357751867269e+02,
        -3.066479806614716e+01,
        2.506628277459239e+00,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e+01,
        1.615858368580409e+02,
        -1.556989798598866e+02,
        6.680131188771972e+01,
        -1.328068155288572e+01,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784894002430293e-03,
        -3.223964580411365e-01,
        -2.400758277161838e+00,
        -2.549732539343734e+00,
        4.374664141464968e+00,
        2.938163982698783e+00,
    ];
    const D: [f64; 5] = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1.0];
    let horner = |of: &[f64], at: f64| of.iter().fold(0.0, |sum, c| sum * at + c);
    if p < 0.02425 {
        let q = libm::sqrt(-2.0 * libm::log(p));
        return horner(&C, q) / horner(&D, q);
    }
    let q = p - 0.5;
    q * horner(&A, q * q) / horner(&B, q * q)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantile_is_the_inverse_of_the_distribution() {
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-13);
        assert!((quantile(0.8) - 0.841_621_233_572_914_2).abs() < 1e-13);
        for p in [1e-300, 1e-20, 1e-6, 0.01, 0.02425, 0.3, 0.5, 0.77] {
            assert!((cdf(quantile(p)) / p - 1.0).abs() < 1e-11, "{p}");
        }
        assert_eq!(quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(quantile(1.0), f64::INFINITY);
    }
}
