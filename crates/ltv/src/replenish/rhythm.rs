use super::{
    NoRepeat,
    pair::{Packs, Pair, pairs},
};
use crate::goods::Log;

/// The normal distribution's upper quartile.
const QUARTILE: f64 = 0.674_489_750_196_081_7;
/// Smallest variance of ln(days): nobody is regular to the hour, and a log in whole days could not show it.
const LEAST: f64 = 1e-4;

/// When the next purchase is due: quartiles of the open interval, in days after the last purchase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// t with P(interval ≤ t) = ¼: a quarter of the intervals end earlier.
    pub from: f64,
    /// t with P(interval ≤ t) = ½, the median.
    pub middle: f64,
    /// t with P(interval ≤ t) = ¾.
    pub to: f64,
}

/// The rhythm of those who buy again: how many days a pack lasts.
///
/// ln(days per pack) is normal with variance `within` around the pair's mean, the pair's mean with variance `between` around
/// the item's, the item's with variance `items` around the shop's. All three by moments, every mean shrunk by precision:
/// posterior mean = (prior/prior variance + Σ/within)/(1/prior variance + n/within). Source: the normal
/// hierarchy of Gelman et al., Bayesian Data Analysis, section 5.4, with the components of Searle, Casella and McCulloch
/// 1992, section 3.6, and of DerSimonian and Laird 1986 between items. Open intervals are left out, so that the window is
/// when those buy who buy at all; whether they do is [`Rate`](super::Rate)'s and [`Hazard`](super::Hazard)'s question.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    shop: f64,
    within: f64,
    between: f64,
    items: f64,
    known: Vec<Estimate>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Estimate {
    mean: f64,
    variance: f64,
}

/// Sums of one item over its pairs with a finished interval.
#[derive(Clone, Copy, Default)]
struct Sums {
    pairs: f64,
    n: f64,
    squared_n: f64,
    logs: f64,
    means: f64,
}

impl Rhythm {
    /// Fits on all pairs of a shop; items are numbered below `items`. Of pairs with a finished interval: within = Σ(ln d − mean of
    /// the pair)²/Σ(n − 1), between from the mean square between an item's pairs, items by DerSimonian & Laird (1986).
    ///
    /// # Errors
    /// [`NoRepeat`]: no pair was bought twice.
    pub fn fit(pairs: &[Pair], items: usize) -> Result<Self, NoRepeat> {
        let repeated: Vec<&Pair> = pairs.iter().filter(|pair| pair.times > 1 && (pair.item as usize) < items).collect();
        let mut sums = vec![Sums::default(); items];
        let (mut inside, mut freedom) = (0.0, 0.0);
        for pair in &repeated {
            let n = pair.intervals();
            let sums = &mut sums[pair.item as usize];
            sums.pairs += 1.0;
            sums.n += n;
            sums.squared_n += n * n;
            sums.logs += pair.logs;
            sums.means += pair.logs * pair.logs / n;
            inside += pair.log_squares - pair.logs * pair.logs / n;
            freedom += n - 1.0;
        }
        if repeated.is_empty() {
            return Err(NoRepeat);
        }
        let (within, between) = components(&sums, inside, freedom);
        let raw = item_means(&repeated, items, within, between);
        let (shop, variance) = pooled(&raw);
        let known = raw
            .iter()
            .map(|item| match item {
                Some(item) => shrunk(Estimate { mean: shop, variance }, *item),
                None => Estimate { mean: shop, variance },
            })
            .collect();
        Ok(Self { shop, within, between, items: variance, known })
    }

    /// exp(mean over items of ln d, weighted by precision): the shop's median days per pack.
    pub fn shop(&self) -> f64 {
        self.shop.exp()
    }

    /// exp(posterior mean of the item's ln d): the item's median days per pack; the shop's of an unknown item.
    pub fn item(&self, item: u32) -> f64 {
        self.prior(item).mean.exp()
    }

    /// √within, √between, √items: standard deviations of ln(days per pack) within pairs, between an item's customers, between items.
    pub fn spreads(&self) -> [f64; 3] {
        [self.within, self.between, self.items].map(f64::sqrt)
    }

    /// packs·exp(mean), median days from the last purchase to the next.
    pub fn expected(&self, pair: &Pair) -> f64 {
        self.window(pair).middle
    }

    /// The quartiles of the open interval: packs·exp(mean ± 0.674·s), s² = posterior variance of the pair's mean + within: those of
    /// the next ln(days per pack), foretold (log-normal). Derived here from the hierarchy of [`Rhythm`].
    pub fn window(&self, pair: &Pair) -> Window {
        let next = self.next(pair);
        let quantile = |z: f64| (next.mean + z * next.variance.sqrt() + pair.packs.ln()).exp().min(f64::MAX);
        Window { from: quantile(-QUARTILE), middle: quantile(0.0), to: quantile(QUARTILE) }
    }

    /// P(interval ≤ elapsed + days | interval > elapsed) = 1 − Φ(−z₂)/Φ(−z₁), z = (ln(time/packs) − mean)/s, 0 to 1: the probability
    /// that an open interval, `elapsed` days old, ends within the next `days`, if it ever does.
    pub fn probability(&self, pair: &Pair, elapsed: f64, days: f64) -> f64 {
        let next = self.next(pair);
        let log_open = |after: f64| log_beyond((after.max(0.0).ln() - pair.packs.ln() - next.mean) / next.variance.sqrt());
        let ended = log_open(elapsed + days.max(0.0)) - log_open(elapsed);
        (-ended.exp_m1()).clamp(0.0, 1.0)
    }

    fn prior(&self, item: u32) -> Estimate {
        let nobody = Estimate { mean: self.shop, variance: self.items };
        self.known.get(item as usize).copied().unwrap_or(nobody)
    }

    fn next(&self, pair: &Pair) -> Estimate {
        let item = self.prior(pair.item);
        let prior = Estimate { mean: item.mean, variance: item.variance + self.between };
        let n = pair.intervals();
        let own = if n == 0.0 { prior } else { shrunk(prior, Estimate { mean: pair.logs / n, variance: self.within / n }) };
        Estimate { mean: own.mean, variance: own.variance + self.within }
    }
}

impl Packs {
    /// What quantities mean in this shop, as far as its log before `today` shows: [`Packs::Stretch`] if it makes people's
    /// intervals more regular (a smaller [`Rhythm::spreads`] within pairs), else [`Packs::Ignore`]. ln(packs) is known and
    /// only shifts ln(days), so the two spreads have one scale and the smaller is the likelier normal model. Derived here,
    /// checked on planted packs. [`Packs::Ignore`] where nobody bought twice.
    pub fn of_log(log: &Log, today: i32) -> Self {
        let within = |packs| Some(Rhythm::fit(&pairs(log, today, packs), log.items()).ok()?.within);
        if within(Self::Stretch) < within(Self::Ignore) { Self::Stretch } else { Self::Ignore }
    }
}

/// ln P(Z > z); far out by the series of Abramowitz and Stegun 26.2.12, where the probability itself is lost.
fn log_beyond(z: f64) -> f64 {
    if z < 30.0 {
        return (0.5 * libm::erfc(z / std::f64::consts::SQRT_2)).ln();
    }
    let near_one = 1.0 - z.powi(-2) + 3.0 * z.powi(-4);
    near_one.ln() - z * z / 2.0 - z.ln() - 0.5 * (2.0 * std::f64::consts::PI).ln()
}

/// Within and between pairs: mean squares, the second less what the first puts into it. Without a pair of two intervals the
/// two cannot be told apart and all of it counts as within.
fn components(sums: &[Sums], inside: f64, freedom: f64) -> (f64, f64) {
    let sold = || sums.iter().filter(|sums| sums.n > 0.0);
    let outside: f64 = sold().map(|sums| sums.means - sums.logs * sums.logs / sums.n).sum::<f64>().max(0.0);
    let groups: f64 = sold().map(|sums| sums.pairs - 1.0).sum();
    if freedom == 0.0 {
        let all = if groups > 0.0 { outside / groups } else { 0.25 };
        return (all.max(LEAST), 0.0);
    }
    let within = (inside / freedom).max(LEAST);
    let weight: f64 = sold().map(|sums| sums.n - sums.squared_n / sums.n).sum();
    let between = if weight > 0.0 { ((outside - groups * within) / weight).max(0.0) } else { 0.0 };
    (within, between)
}

fn item_means(repeated: &[&Pair], items: usize, within: f64, between: f64) -> Vec<Option<Estimate>> {
    let mut weighted = vec![(0.0, 0.0); items];
    for pair in repeated {
        let n = pair.intervals();
        let weight = 1.0 / (between + within / n);
        let (sum, weights) = &mut weighted[pair.item as usize];
        *sum += weight * pair.logs / n;
        *weights += weight;
    }
    let one = |(sum, weights): (f64, f64)| (weights > 0.0).then(|| Estimate { mean: sum / weights, variance: 1.0 / weights });
    weighted.into_iter().map(one).collect()
}

/// The mean over items and the variance between them (DerSimonian and Laird).
fn pooled(items: &[Option<Estimate>]) -> (f64, f64) {
    let known = || items.iter().flatten();
    let mean = |extra: f64| {
        let weights: f64 = known().map(|item| 1.0 / (item.variance + extra)).sum();
        known().map(|item| item.mean / (item.variance + extra)).sum::<f64>() / weights
    };
    let fixed = mean(0.0);
    let weights: f64 = known().map(|item| 1.0 / item.variance).sum();
    let squares: f64 = known().map(|item| 1.0 / item.variance.powi(2)).sum();
    let spread: f64 = known().map(|item| (item.mean - fixed).powi(2) / item.variance).sum();
    let scale = weights - squares / weights;
    let freedom = known().count() as f64 - 1.0;
    let variance = if scale > 0.0 { ((spread - freedom) / scale).max(0.0) } else { 0.0 };
    (mean(variance), variance)
}

fn shrunk(prior: Estimate, own: Estimate) -> Estimate {
    if prior.variance <= 0.0 {
        return prior;
    }
    let precision = 1.0 / prior.variance + 1.0 / own.variance;
    Estimate { mean: (prior.mean / prior.variance + own.mean / own.variance) / precision, variance: 1.0 / precision }
}
