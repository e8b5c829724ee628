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
    /// Shape of a purchase's money.
    pub p: f64,
    /// Shape of the distribution over customers; at q ≤ 1 the population mean is infinite.
    pub q: f64,
    /// Scale of that distribution, in money.
    pub v: f64,
}

/// What somebody spent: x > 0 purchases of mean z > 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    x: f64,
    z: f64,
}

impl Spend {
    /// `None` unless there is a purchase and its money is finite and above 0.
    pub fn new(x: u32, z: f64) -> Option<Self> {
        (x > 0 && z.is_finite() && z > 0.0).then_some(Self { x: f64::from(x), z })
    }

    /// Repeat purchases.
    pub fn x(&self) -> f64 {
        self.x
    }

    /// Their mean, in money.
    pub fn z(&self) -> f64 {
        self.z
    }
}

/// A fitted Gamma-Gamma.
#[derive(Clone, Debug)]
pub struct SpendFit {
    /// The maximum likelihood estimates.
    pub model: GammaGamma,
    /// Standard errors of p, q, v; `None` without a maximum inside.
    pub standard_errors: Option<[f64; 3]>,
    /// ln L.
    pub log_likelihood: f64,
    /// Customers with a repeat purchase.
    pub customers: usize,
    /// Whether the gradient vanished inside the parameter space.
    pub converged: bool,
}

/// Why spend cannot be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendFault {
    /// Fewer than two customers with a repeat purchase.
    TooFew,
    /// All of them spent the same: nothing varies.
    AllEqual,
}

impl GammaGamma {
    /// ln f(z | x).
    pub fn log_likelihood(&self, spend: &Spend) -> f64 {
        let Self { p, q, v } = *self;
        let Spend { x, z } = *spend;
        let shape = p * x;
        ln_gamma(shape + q) - ln_gamma(shape) - ln_gamma(q) + q * v.ln() + (shape - 1.0) * z.ln() + shape * x.ln()
            - (shape + q) * (x * z + v).ln()
    }

    /// Mean money per purchase over the population: pv/(q−1); `None` for q ≤ 1.
    pub fn population_mean(&self) -> Option<f64> {
        (self.q > 1.0).then(|| self.p * self.v / (self.q - 1.0))
    }

    /// E\[M | x, z\] = p(v+xz)/(px+q−1): a customer's expected money per purchase, between his own mean and the population's;
    /// with no repeat purchase the population's. `None` where that is infinite.
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

/// Fits by maximum likelihood. Money is divided by its mean first, so that the result does not depend on the currency's unit.
///
/// # Errors
/// There is nothing to fit.
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

/// Pearson's correlation between the number of purchases and their mean money: Gamma-Gamma assumes 0. `None` where one of them
/// does not vary.
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
