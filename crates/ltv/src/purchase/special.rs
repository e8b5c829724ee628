//! Functions that the standard library lacks.

/// ln Γ(x) for x > 0 (Lanczos, by way of `libm`).
pub(crate) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ψ(x) = d ln Γ(x)/dx for x > 0: recurrence ψ(x) = ψ(x+1) − 1/x up to 10, then the asymptotic series of Abramowitz & Stegun
/// 6.3.18. Error below 1e-14 relative to max(1, |ψ|).
pub(crate) fn digamma(x: f64) -> f64 {
    let mut shifted = x;
    let mut below = 0.0;
    while shifted < 10.0 {
        below += 1.0 / shifted;
        shifted += 1.0;
    }
    let square = 1.0 / (shifted * shifted);
    let series = square
        * (1.0 / 12.0
            - square
                * (1.0 / 120.0
                    - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square * (1.0 / 132.0 - square * (691.0 / 32760.0))))));
    shifted.ln() - 0.5 / shifted - series - below
}

/// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a+b).
pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// ln(1 + e^d) without overflow.
pub(crate) fn softplus(d: f64) -> f64 {
    d.max(0.0) + (-d.abs()).exp().ln_1p()
}

/// 1/(1 + e^−d) without overflow.
pub(crate) fn logistic(d: f64) -> f64 {
    if d >= 0.0 { 1.0 / (1.0 + (-d).exp()) } else { 1.0 - 1.0 / (1.0 + d.exp()) }
}

/// (1 − e^−y)/y, 1 at y = 0.
pub(crate) fn mean_decay(y: f64) -> f64 {
    if y.abs() < 1e-300 { 1.0 } else { -(-y).exp_m1() / y }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 30-digit values.
    #[test]
    fn digamma_is_right() {
        let cases = [
            (1e-3, -1_000.575_571_931_810_3),
            (0.25, -4.227_453_533_376_265_4),
            (1.0, -0.577_215_664_901_532_9),
            (3.5, 1.103_156_640_645_243),
            (12.0, 2.442_661_679_975_812),
            (1e6, 13.815_510_057_964_192),
        ];
        for (x, value) in cases {
            assert!((digamma(x) - value).abs() <= 2e-14 * value.abs().max(1.0), "{x}: {}", digamma(x));
        }
    }

    #[test]
    fn ends_of_the_logistic() {
        assert_eq!(logistic(-800.0), 0.0);
        assert_eq!(logistic(800.0), 1.0);
        assert_eq!(softplus(800.0), 800.0);
        assert!((softplus(-40.0) / (-40.0_f64).exp() - 1.0).abs() < 1e-12);
        assert_eq!(mean_decay(0.0), 1.0);
        assert!(mean_decay(1e308).is_finite());
    }
}
