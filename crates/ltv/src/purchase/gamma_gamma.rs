//! Gamma-Gamma: what a customer spends per purchase.

use super::optimise::{Start, maximise};
use super::sum;
use crate::numeric::special::{digamma, ln_gamma};

/// Gamma-Gamma (Colombo & Jiang 1999; Fader, Hardie & Lee 2005; Fader & Hardie 2013, note 025): the money of one purchase is
/// Gamma(p, ν), ν ~ Gamma(q, v), independent of how often somebody buys.
///
/// ln f(z | x) = lnΓ(px+q) − lnΓ(px) − lnΓ(q) + q ln v + (px−1) ln z + px ln x − (px+q) ln(xz+v) for the mean z of x purchases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    /// p > 0, shape of one purchase's money, Gamma(p, ν); without unit. Large: a customer spends always alike.
    pub p: f64,
    /// q > 0, shape of ν ~ Gamma(q, v) over customers, without unit; at q ≤ 1 the population mean is infinite.
    pub q: f64,
    /// v > 0, rate of ν ~ Gamma(q, v), in money.
    pub v: f64,
}

/// What somebody spent: x > 0 repeat purchases of mean money z > 0 (zbar of Fader & Hardie 2013, note 025). Checked when made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    x: f64,
    z: f64,
}

impl Spend {
    /// `x` repeat purchases (the first is left out, note 026) of mean money `z`; `None` unless x > 0 and z is finite and above 0:
    /// the Gamma density knows no other.
    pub fn new(x: u32, z: f64) -> Option<Self> {
        (x > 0 && z.is_finite() && z > 0.0).then_some(Self { x: f64::from(x), z })
    }

    /// x, the number of repeat purchases.
    pub fn x(&self) -> f64 {
        self.x
    }

    /// z, their mean, in money.
    pub fn z(&self) -> f64 {
        self.z
    }
}

/// A fitted Gamma-Gamma: argmax over (p, q, v) of Σ ln f(z | x).
#[derive(Clone, Debug)]
pub struct SpendFit {
    /// The maximum likelihood estimates, v in the money of the data.
    pub model: GammaGamma,
    /// Standard errors of p, q, v from the inverse of the observed information, in their units (as in
    /// [`Fit::standard_errors`](super::Fit::standard_errors)); `None` without a maximum inside.
    pub standard_errors: Option<[f64; 3]>,
    /// Σ ln f(z | x) at the maximum: a density, so that money in units c times as large adds n·ln c.
    pub log_likelihood: f64,
    /// n, customers with a repeat purchase.
    pub customers: usize,
    /// Whether the gradient vanished with every parameter within e^±11.5 (money in units of its mean).
    pub converged: bool,
}

/// Why spend cannot be fitted: the likelihood has no maximum inside. Derived here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendFault {
    /// Fewer than two customers with a repeat purchase: nothing tells p from q.
    TooFew,
    /// All of them have the same mean z: p → ∞ and q → ∞ fit best.
    AllEqual,
}

impl GammaGamma {
    /// ln f(z | x) of one customer, the formula of [`GammaGamma`]; z in the unit of v.
    pub fn log_likelihood(&self, spend: &Spend) -> f64 {
        let Self { p, q, v } = *self;
        let Spend { x, z } = *spend;
        let shape = p * x;
        ln_gamma(shape + q) - ln_gamma(shape) - ln_gamma(q) + q * v.ln() + (shape - 1.0) * z.ln() + shape * x.ln()
            - (shape + q) * (x * z + v).ln()
    }

    /// E\[M\] = pv/(q−1), mean money per purchase over the population, in the unit of v (Fader & Hardie 2013, note 025); `None` for
    /// q ≤ 1, where it is infinite.
    pub fn population_mean(&self) -> Option<f64> {
        (self.q > 1.0).then(|| self.p * self.v / (self.q - 1.0))
    }

    /// E\[M | x, z\] = p(v+xz)/(px+q−1) (Fader & Hardie 2013, note 025): a customer's expected money per purchase in the unit of v,
    /// for q > 1 the mean of his own z and the population's with weights px and q−1; with no repeat purchase (`None`) the
    /// population's. `None` where that is infinite.
    pub fn expected(&self, spend: Option<&Spend>) -> Option<f64> {
        let Some(Spend { x, z }) = spend else { return self.population_mean() };
        let below = self.p * x + self.q - 1.0;
        (below > 0.0).then(|| self.p * (self.v + x * z) / below)
    }

    fn terms(&self, Spend { x, z }: Spend) -> (f64, [f64; 3]) {
        let Self { p, q, v } = *self;
        let (shape, all) = (p * x, x * z + v);
        let rising = digamma(shape + q);
        let gradient = [
            x * (rising - digamma(shape) + (x * z).ln() - all.ln()),
            rising - digamma(q) + v.ln() - all.ln(),
            q / v - (shape + q) / all,
        ];
        (self.log_likelihood(&Spend { x, z }), gradient)
    }
}

/// Fits by maximum likelihood, maximising Σ ln f(z | x) over ln p, ln q, ln v as [`fit`](super::fit) does. Money is divided by its
/// mean first, so that the result does not depend on the currency's unit.
///
/// # Errors
/// [`SpendFault::TooFew`], [`SpendFault::AllEqual`].
pub fn fit_spend(spends: &[Spend]) -> Result<SpendFit, SpendFault> {
    if spends.len() < 2 {
        return Err(SpendFault::TooFew);
    }
    if spends.windows(2).all(|pair| pair[0].z == pair[1].z) {
        return Err(SpendFault::AllEqual);
    }
    let weight = spends.len() as f64;
    let unit = spends.iter().map(|spend| spend.z / weight).sum::<f64>();
    let scaled: Vec<Spend> = spends.iter().map(|spend| Spend { x: spend.x, z: spend.z / unit }).collect();
    let maximum = maximise(&Start::guess([2.0, 3.0, 1.0]), weight, |&[p, q, v]| {
        let model = GammaGamma { p, q, v };
        sum::over(&scaled, |sum, spend| {
            let (value, gradient) = model.terms(*spend);
            sum.add(1.0, value, gradient);
        })
    });
    let [p, q, v] = maximum.at;
    let v = v * unit;
    Ok(SpendFit {
        model: GammaGamma { p, q, v },
        standard_errors: maximum.log_errors.map(|[by_p, by_q, by_v]| [by_p * p, by_q * q, by_v * v]),
        log_likelihood: maximum.value - weight * unit.ln(),
        customers: spends.len(),
        converged: maximum.converged && !maximum.at_edge.contains(&true),
    })
}

/// Pearson's correlation Σ(x−x̄)(z−z̄)/√(Σ(x−x̄)²·Σ(z−z̄)²) between the number of purchases and their mean money, in \[−1, 1\]:
/// Gamma-Gamma assumes 0 (Fader, Hardie & Lee 2005). `None` where one of them does not vary.
pub fn spend_correlation(spends: &[Spend]) -> Option<f64> {
    let n = spends.len() as f64;
    let mean = |of: fn(&Spend) -> f64| spends.iter().map(of).sum::<f64>() / n;
    let (x, z) = (mean(Spend::x), mean(Spend::z));
    let [mut xx, mut zz, mut xz] = [0.0; 3];
    for spend in spends {
        let (by_x, by_z) = (spend.x - x, spend.z - z);
        xx += by_x * by_x;
        zz += by_z * by_z;
        xz += by_x * by_z;
    }
    (xx > 0.0 && zz > 0.0).then(|| (xz / xx.sqrt() / zz.sqrt()).clamp(-1.0, 1.0))
}
