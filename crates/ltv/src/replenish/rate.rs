use super::{NoRepeat, pair::Pair, rhythm::Window};
use crate::numeric::search::maximum;

/// Where the logarithm of a Gamma shape is searched: from 0.018 (everybody is different) to 1,100 (all are the same).
const LOG_SHAPE: (f64, f64) = (-4.0, 7.0);

/// Repeat purchases as a Poisson process whose rate differs between customers: Poisson-Gamma, shrunk twice.
///
/// Rates are purchases per day and pack. A pair's rate is Gamma with shape A and mean λ_sku; an item's λ_sku is Gamma with shape C
/// and the shop's mean λ_shop. After k purchases and an exposure T (days per pack, open interval included):
/// rate = (A + k − 1)/(A/λ_sku + T), P(buys within h) = 1 − ((B + T)/(B + T + h/packs))^(A + k − 1), B = A/λ_sku;
/// λ_sku = (C + n)/(C/λ_shop + E), n and E the item's repeat purchases and exposure; λ_shop = Σn/ΣE. A and C are
/// those that make the counts likeliest (negative binomial). Source: Bhagat et al. 2018, KDD ("Buy It Again"), section 3.3;
/// the second shrinkage and the packs are derived, checked against planted rates.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    shop: f64,
    shape: f64,
    item_shape: f64,
    items: Vec<f64>,
}

impl Rate {
    /// Fits on all pairs of a shop; items are numbered below `items`. A and C maximise Σ lnΓ(a+n) − lnΓ(a) + a ln a −
    /// (a+n) ln(a+m), n the repeat purchases and m those expected, over a from e⁻⁴ to e⁷.
    ///
    /// # Errors
    /// [`NoRepeat`]: no pair was bought twice, or no time has passed.
    pub fn fit(pairs: &[Pair], items: usize) -> Result<Self, NoRepeat> {
        let mut counts = vec![Count::default(); items];
        let mut total = Count::default();
        for pair in pairs {
            let one = Count { events: pair.intervals(), exposure: pair.exposure() };
            total.add(one);
            if let Some(count) = counts.get_mut(pair.item as usize) {
                count.add(one);
            }
        }
        if total.events == 0.0 || total.exposure <= 0.0 {
            return Err(NoRepeat);
        }
        let shop = total.events / total.exposure;

        let sold: Vec<Count> = counts.iter().filter(|count| count.exposure > 0.0).map(|count| count.times(shop)).collect();
        let item_shape = likeliest_shape(&sold);
        let items: Vec<f64> =
            counts.iter().map(|count| (item_shape + count.events) / (item_shape / shop + count.exposure)).collect();

        let expected: Vec<Count> = pairs
            .iter()
            .map(|pair| Count { events: pair.intervals(), exposure: pair.exposure() * at(&items, pair.item, shop) })
            .collect();
        Ok(Self { shop, shape: likeliest_shape(&expected), item_shape, items })
    }

    /// λ_shop = Σn/ΣE, the shop's repeat purchases per day and pack.
    pub fn shop(&self) -> f64 {
        self.shop
    }

    /// A, how alike customers are, without unit: a pair's rate has variance λ_sku²/A, so small when they differ much.
    pub fn shape(&self) -> f64 {
        self.shape
    }

    /// C, how alike items are, without unit: λ_sku has variance λ_shop²/C.
    pub fn item_shape(&self) -> f64 {
        self.item_shape
    }

    /// λ_sku = (C + n)/(C/λ_shop + E), an item's repeat purchases per day and pack; the shop's of an unknown item.
    pub fn item(&self, item: u32) -> f64 {
        at(&self.items, item, self.shop)
    }

    /// (A + k − 1)/(A/λ_sku + T), the pair's repeat purchases per day and pack, given all that is known of it: the posterior mean.
    pub fn rate(&self, pair: &Pair) -> f64 {
        (self.shape + pair.intervals()) / (self.shape / self.item(pair.item) + pair.exposure())
    }

    /// P(buys within `days`) = 1 − ((B + T)/(B + T + days/packs))^(A + k − 1), B = A/λ_sku, 0 to 1, rising with the days (below 0: 0).
    pub fn probability(&self, pair: &Pair, days: f64) -> f64 {
        let seen = self.shape / self.item(pair.item) + pair.exposure();
        let ahead = (days.max(0.0) / pair.packs / seen).ln_1p();
        -(-(self.shape + pair.intervals()) * ahead).exp_m1()
    }

    /// The quartiles of the open interval, in days since the last purchase, as foretold on that day (Pareto of the second kind):
    /// t_u = packs·(B + T)·((1 − u)^(−1/(A + k − 1)) − 1), T of the finished intervals. Derived here, checked by P(t_u) = u. Wide,
    /// because a Poisson process has no rhythm; where intervals are regular, [`Rhythm`](super::Rhythm) says it better.
    pub fn window(&self, pair: &Pair) -> Window {
        let seen = self.shape / self.item(pair.item) + pair.used;
        let shape = self.shape + pair.intervals();
        let quantile = |u: f64| (pair.packs * seen * (-(-u).ln_1p() / shape).exp_m1()).min(f64::MAX);
        Window { from: quantile(0.25), middle: quantile(0.5), to: quantile(0.75) }
    }
}

fn at(items: &[f64], item: u32, otherwise: f64) -> f64 {
    items.get(item as usize).copied().unwrap_or(otherwise)
}

#[derive(Clone, Copy, Default)]
struct Count {
    events: f64,
    exposure: f64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.exposure += other.exposure;
    }

    fn times(self, rate: f64) -> Self {
        Self { events: self.events, exposure: self.exposure * rate }
    }
}

/// The shape a of a Gamma of mean 1 that makes counts likeliest, exposures in expected events: the negative binomial's
/// sum of ln Gamma(a + n) - ln Gamma(a) + a ln a - (a + n) ln(a + expected), constants left out.
fn likeliest_shape(counts: &[Count]) -> f64 {
    let most = counts.iter().map(|count| count.events).fold(0.0, f64::max).min(1e6) as usize;
    let log_likelihood = |log_shape: f64| {
        let shape = log_shape.exp();
        let mut rising = Vec::with_capacity(most + 1);
        rising.push(0.0);
        for n in 0..most {
            rising.push(rising[n] + (shape + n as f64).ln());
        }
        let one = |count: &Count| {
            let gammas = rising.get(count.events as usize).copied();
            let gammas = gammas.unwrap_or_else(|| libm::lgamma(shape + count.events) - libm::lgamma(shape));
            gammas + shape * log_shape - (shape + count.events) * (shape + count.exposure).ln()
        };
        counts.iter().map(one).sum::<f64>()
    };
    maximum(LOG_SHAPE.0, LOG_SHAPE.1, log_likelihood).exp()
}
