//! Expectations over Beta and Gamma variables, and integrals over an interval, as weighted sums.

/// Nodes and weights of Gauss-Legendre with 12 points on [−1, 1], the positive half (Abramowitz & Stegun 25.4.30).
const LEGENDRE: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_8),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_4, 0.203_167_426_723_065_9),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_23),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_3, 0.047_175_336_386_511_83),
];

/// Calls `visit(point, weight)` for the 12 points of Gauss-Legendre in each of `panels` equal parts of [from, to].
pub(crate) fn legendre(from: f64, to: f64, panels: u32, mut visit: impl FnMut(f64, f64)) {
    let half = 0.5 * (to - from) / f64::from(panels);
    for panel in 0..panels {
        let middle = from + half * f64::from(2 * panel + 1);
        for (node, weight) in LEGENDRE {
            visit(middle - half * node, half * weight);
            visit(middle + half * node, half * weight);
        }
    }
}

/// Points of a variable with weights that add up to 1.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    points: Vec<(f64, f64)>,
}

/// Weights below e^−42 of the largest are left out: they are below the last bit of the sum.
const NEGLIGIBLE: f64 = -42.0;

/// Below this shape a density has its bend where the shape would be about one, far from its mode; there points must be dense.
const KNEE: f64 = 0.7;

/// Points of a rule at most; the step follows from it.
const POINTS: u32 = 72;

impl Rule {
    /// p ~ Beta(a, b): sinh-stretched trapezoid over logit p. The density of y = logit p, p^a (1−p)^b / B(a, b), is smooth
    /// and log-concave, so that neither a < 1 nor b < 1 leaves a singularity.
    pub(crate) fn beta(a: f64, b: f64) -> Self {
        let ln_density = |y: f64| if y > 0.0 { -b * y - (a + b) * (-y).exp().ln_1p() } else { a * y - (a + b) * y.exp().ln_1p() };
        let width = (1.0 / a + 1.0 / b).sqrt().min(1.5);
        Self::stretched((a.max(KNEE) / b.max(KNEE)).ln(), width, (a.min(700.0), b.min(700.0)), ln_density, |y| {
            if y > 0.0 { 1.0 / (1.0 + (-y).exp()) } else { y.exp() / (1.0 + y.exp()) }
        })
    }

    /// x ~ Gamma(shape, rate): the same over ln x, whose density is x^shape e^(−rate·x)·rate^shape/Γ(shape).
    pub(crate) fn gamma(shape: f64, rate: f64) -> Self {
        let ln_density = |y: f64| shape * y - y.exp() + shape - shape * shape.ln();
        let width = (1.0 / shape).sqrt().min(1.5);
        Self::stretched(shape.max(KNEE).ln(), width, (shape.min(700.0), shape.max(1.0)), ln_density, |y| y.exp() / rate)
    }

    /// y = centre + width·sinh(z): z is followed to either side until the density is negligible; `decay` bounds how fast its
    /// logarithm falls per unit of y on the left and on the right.
    fn stretched(
        centre: f64,
        width: f64,
        decay: (f64, f64),
        ln_density: impl Fn(f64) -> f64,
        value: impl Fn(f64) -> f64,
    ) -> Self {
        let top = ln_density(centre);
        let end = |side: f64, decay: f64| {
            let furthest = (side * (2.0 + (60.0 + 60.0 / decay) / width)).asinh();
            let mut z = furthest;
            while z.abs() > 0.1 && ln_density(centre + width * z.sinh()) + (width * z.cosh()).ln() - top < NEGLIGIBLE {
                z -= side * 0.02 * furthest.abs();
            }
            z + side * 0.02 * furthest.abs()
        };
        let (left, right) = (end(-1.0, decay.0), end(1.0, decay.1));
        let step = (right - left) / f64::from(POINTS);
        let mut points: Vec<(f64, f64)> = (0..=POINTS)
            .map(|index| {
                let z = left + step * f64::from(index);
                let y = centre + width * z.sinh();
                (value(y), (ln_density(y) - top).exp() * z.cosh())
            })
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        let sum: f64 = points.iter().map(|(_, weight)| weight).sum();
        for (_, weight) in &mut points {
            *weight /= sum;
        }
        Self { points }
    }

    /// The expectation of a function.
    pub(crate) fn expect(&self, of: impl Fn(f64) -> f64) -> f64 {
        self.points.iter().map(|(point, weight)| weight * of(*point)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::special::ln_beta;

    fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
        assert!((found - wanted).abs() <= tolerance * wanted.abs().max(1e-300), "{what}: {found} instead of {wanted}");
    }

    #[test]
    fn beta_rules_have_the_right_moments() {
        for a in [0.02, 0.3, 0.793, 1.0, 2.5, 40.0, 3000.0] {
            for b in [0.1, 0.7, 2.426, 30.0, 2002.0, 20_000.0] {
                let rule = Rule::beta(a, b);
                near(rule.expect(|p| p), a / (a + b), 2e-8, &format!("mean of Beta({a}, {b})"));
                let ln_second = ln_beta(a + 0.5, b) - ln_beta(a, b);
                near(rule.expect(f64::sqrt), ln_second.exp(), 2e-8, &format!("mean root of Beta({a}, {b})"));
            }
        }
    }

    #[test]
    fn gamma_rules_have_the_right_moments() {
        for shape in [0.02, 0.243, 0.606, 1.0, 7.0, 250.0, 5000.0] {
            let rule = Rule::gamma(shape, 4.4);
            near(rule.expect(|x| x), shape / 4.4, 2e-8, &format!("mean of Gamma({shape})"));
            near(rule.expect(|x| x * x), shape * (shape + 1.0) / (4.4 * 4.4), 5e-8, &format!("square of Gamma({shape})"));
        }
    }

    #[test]
    fn legendre_integrates_an_exponential() {
        let mut sum = 0.0;
        legendre(0.0, 16.0, 2, |y, weight| sum += weight * (-y).exp());
        near(sum, 1.0 - (-16.0_f64).exp(), 1e-12, "e^-y");
    }
}
