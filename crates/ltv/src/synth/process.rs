//! How often a made-up customer buys, and until when.

use rand::Rng;
use rand_distr::{Beta, Distribution, Exp, Gamma};

use super::Fault;
use super::fault::positive;

/// A purchase process with the literature's parameters; time in weeks. In all of them the purchase rate of a customer is
/// λ ~ Gamma(shape r, rate α) and purchases are Poisson(λ) while the customer is alive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Process {
    /// NBD (Ehrenberg 1959): Poisson(λ) purchases, nobody ever leaves.
    Nbd {
        /// r > 0, shape of λ, without unit.
        r: f64,
        /// α > 0, rate of λ, weeks: the mean rate is r/α a week.
        alpha: f64,
    },
    /// After each repeat purchase a customer leaves with probability p ~ Beta(a, b) (Fader, Hardie and Lee 2005).
    BgNbd {
        /// r > 0, shape of λ, without unit.
        r: f64,
        /// α > 0, rate of λ, weeks: the mean rate is r/α a week.
        alpha: f64,
        /// a > 0, first shape of p, without unit: the mean is a/(a+b).
        a: f64,
        /// b > 0, second shape of p, without unit.
        b: f64,
    },
    /// As BG/NBD, but also after the first purchase (Batislam, Denizel and Filiztekin 2007).
    MbgNbd {
        /// r > 0, shape of λ, without unit.
        r: f64,
        /// α > 0, rate of λ, weeks: the mean rate is r/α a week.
        alpha: f64,
        /// a > 0, first shape of p, without unit: the mean is a/(a+b).
        a: f64,
        /// b > 0, second shape of p, without unit.
        b: f64,
    },
    /// A customer's lifetime is exponential with rate μ ~ Gamma(shape s, rate β) (Schmittlein, Morrison and Colombo 1987).
    ParetoNbd {
        /// r > 0, shape of λ, without unit.
        r: f64,
        /// α > 0, rate of λ, weeks: the mean rate is r/α a week.
        alpha: f64,
        /// s > 0, shape of μ, without unit.
        s: f64,
        /// β > 0, rate of μ, weeks: the mean dropout rate is s/β a week.
        beta: f64,
    },
}

/// One customer's traits, drawn once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Nature {
    /// λ, purchases per week while alive.
    pub rate: f64,
    /// Leaves after a purchase with this probability.
    pub leaves: f64,
    /// Leaves at this age whatever happens, weeks.
    pub lifetime: f64,
    /// Leaves right after the first purchase.
    pub left_at_once: bool,
}

impl Process {
    /// Whether every parameter is a finite number above zero, as the Gamma and Beta distributions need.
    ///
    /// # Errors
    /// [`Fault::NotPositive`] with the first that is not.
    pub fn check(&self) -> Result<(), Fault> {
        let named = match *self {
            Self::Nbd { r, alpha } => vec![("r", r), ("alpha", alpha)],
            Self::BgNbd { r, alpha, a, b } | Self::MbgNbd { r, alpha, a, b } => {
                vec![("r", r), ("alpha", alpha), ("a", a), ("b", b)]
            }
            Self::ParetoNbd { r, alpha, s, beta } => vec![("r", r), ("alpha", alpha), ("s", s), ("beta", beta)],
        };
        named.into_iter().try_for_each(|(name, value)| positive(name, value))
    }

    pub(super) fn draw(&self, rng: &mut impl Rng) -> Nature {
        let (Self::Nbd { r, alpha }
        | Self::BgNbd { r, alpha, .. }
        | Self::MbgNbd { r, alpha, .. }
        | Self::ParetoNbd { r, alpha, .. }) = *self;
        let rate = gamma(r, alpha, rng);
        let stays = Nature { rate, leaves: 0.0, lifetime: f64::INFINITY, left_at_once: false };
        match *self {
            Self::Nbd { .. } => stays,
            Self::BgNbd { a, b, .. } => Nature { leaves: beta(a, b, rng), ..stays },
            Self::MbgNbd { a, b, .. } => {
                let leaves = beta(a, b, rng);
                Nature { leaves, left_at_once: rng.random::<f64>() < leaves, ..stays }
            }
            Self::ParetoNbd { s, beta, .. } => Nature { lifetime: exponential(gamma(s, beta, rng), rng), ..stays },
        }
    }
}

/// Gamma(shape, rate); zero where the parameters were not checked.
pub(super) fn gamma(shape: f64, rate: f64, rng: &mut impl Rng) -> f64 {
    Gamma::new(shape, 1.0 / rate).map_or(0.0, |draw| draw.sample(rng))
}

fn beta(a: f64, b: f64, rng: &mut impl Rng) -> f64 {
    Beta::new(a, b).map_or(0.0, |draw| draw.sample(rng))
}

/// Time to the next happening of a Poisson process; never where the rate has underflowed to zero.
pub(super) fn exponential(rate: f64, rng: &mut impl Rng) -> f64 {
    if rate > 0.0 { Exp::new(rate).map_or(f64::INFINITY, |draw| draw.sample(rng)) } else { f64::INFINITY }
}
