//! Functions that the standard library lacks.

/// ½·ln 2π.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

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

/// The regularised incomplete beta function I_x(a, b), a and b > 0, of x in [0, 1] and y = 1 − x (given apart, so that
/// neither loses digits near 1): a continued fraction on the side of the mean where it runs quickly. The factor xᵃyᵇ/B(a, b)
/// before it is taken from Stirling errors and deviances (Loader 2000, Fast and Accurate Computation of Binomial
/// Probabilities), which cancel nothing.
pub(crate) fn beta_share(x: f64, y: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x * (a + b) < a {
        (beta_power(x, y, a, b) / beta_fraction(x, y, a, b)).min(1.0)
    } else {
        (1.0 - beta_power(y, x, b, a) / beta_fraction(y, x, b, a)).max(0.0)
    }
}

/// xᵃyᵇ/B(a, b) = √(ab/(2π(a+b)))·exp(δ(a+b) − δ(a) − δ(b) − D(a, (a+b)x) − D(b, (a+b)y)).
fn beta_power(x: f64, y: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    let errors = stirling_error(n) - stirling_error(a) - stirling_error(b);
    let scale = a * (b / n) / std::f64::consts::TAU;
    libm::sqrt(scale) * libm::exp(errors - deviance(a, n * x) - deviance(b, n * y))
}

/// δ(n) = lnΓ(n + 1) − (n + ½)·ln n + n − ½·ln 2π.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * libm::log(n) + n - HALF_LN_TAU;
    }
    let square = 1.0 / (n * n);
    (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0)))) / n
}

/// D(x, m) = x·ln(x/m) + m − x.
fn deviance(x: f64, m: f64) -> f64 {
    let gap = x - m;
    if gap.abs() >= 0.1 * (x + m) {
        return x * libm::log(x / m) + m - x;
    }
    // With v = (x − m)/(x + m): gap·v + 2x·Σ v^(2j+1)/(2j+1).
    let v = gap / (x + m);
    let mut power = 2.0 * x * v;
    let mut sum = gap * v;
    for odd in (3..).step_by(2).map(f64::from) {
        power *= v * v;
        let next = sum + power / odd;
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// b₀ + a₁/(b₁ + a₂/(b₂ + …)) with aₘ = (a+m−1)(a+b+m−1)·m(b−m)·x²/(a+2m−1)² and
/// bₘ = m + m(b−m)x/(a+2m−1) + (a+m)(ay − bx + 1 + m(1+y))/(a+2m+1): two steps of DLMF 8.17.22 at once, as in Didonato &
/// Morris 1992.
fn beta_fraction(x: f64, y: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let safe = |value: f64| if value.abs() < TINY { TINY } else { value };
    let whole = |m: f64| {
        let first = if m > 0.0 { m + m * (b - m) * x / (a + 2.0 * m - 1.0) } else { 0.0 };
        first + (a + m) * (a * y - b * x + 1.0 + m * (1.0 + y)) / (a + 2.0 * m + 1.0)
    };
    let mut fraction = safe(whole(0.0));
    let (mut c, mut d) = (fraction, 0.0);
    for m in (1..1_000_000).map(f64::from) {
        let under = a + 2.0 * m - 1.0;
        let part = (m * (a + m - 1.0) / under) * ((a + b + m - 1.0) / under) * (b - m) * x * x;
        d = 1.0 / safe(whole(m) + part * d);
        c = safe(whole(m) + part / c);
        fraction *= c * d;
        if (c * d - 1.0).abs() < 2e-16 {
            break;
        }
    }
    fraction
}

/// ln(1 + e^d) without overflow.
pub(crate) fn softplus(d: f64) -> f64 {
    d.max(0.0) + (-d.abs()).exp().ln_1p()
}

/// 1/(1 + e^−d) without overflow.
pub(crate) fn logistic(d: f64) -> f64 {
    let small = (-d.abs()).exp();
    (if d >= 0.0 { 1.0 } else { small }) / (1.0 + small)
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

    /// 20-digit values.
    #[test]
    fn shares_of_the_beta_distribution_are_right() {
        let cases = [
            (0.3, 2.0, 5.0, 0.5798249999999999),
            (0.01, 0.5, 0.5, 0.06376856085851985),
            (0.9, 0.5, 0.5, 0.7951672353008665),
            (1e-06, 3.0, 0.5, 3.1250011718757025e-19),
            (0.02, 5.0, 200.0, 0.38694032205011175),
            (0.2, 20.5, 0.5, 6.456231273763678e-16),
            (0.5, 600.0, 640.0, 0.8721062762152798),
            (0.999, 5000.0, 0.5, 0.0015615791602892834),
            (0.03, 300.0, 12000.0, 0.9999231658787257),
        ];
        for (x, a, b, value) in cases {
            assert!((beta_share(x, 1.0 - x, a, b) / value - 1.0).abs() < 1e-14, "{x} {a} {b}: {}", beta_share(x, 1.0 - x, a, b));
        }
        assert_eq!((beta_share(0.0, 1.0, 2.0, 3.0), beta_share(1.0, 0.0, 2.0, 3.0)), (0.0, 1.0));
    }

    #[test]
    fn ends_of_the_logistic() {
        assert_eq!(logistic(-800.0), 0.0);
        assert_eq!(logistic(800.0), 1.0);
        assert!((logistic(-40.0) / (-40.0_f64).exp() - 1.0).abs() < 1e-15, "small probabilities keep their digits");
        assert_eq!(softplus(800.0), 800.0);
        assert!((softplus(-40.0) / (-40.0_f64).exp() - 1.0).abs() < 1e-12);
        assert_eq!(mean_decay(0.0), 1.0);
        assert!(mean_decay(1e308).is_finite());
    }
}
