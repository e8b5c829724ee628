use super::pair::Pair;
use crate::numeric::{search::maximum, special::ln_beta};

/// When an item is worth a reminder: at least so many intervals, and a share of repeaters not below the shop's quantile. Convention
/// of this crate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Σ(k − 1) over its pairs that an item needs before its rhythm is believed.
    pub intervals: u32,
    /// Items whose share of repeaters is below this quantile of the shop's items are left alone, 0 to 1.
    pub quantile: f64,
}

impl Default for Rule {
    /// 30 intervals, the lower quartile: convention of this crate, without a published source.
    fn default() -> Self {
        Self { intervals: 30, quantile: 0.25 }
    }
}

/// Whether customers are reminded of an item, and why not; see [`Rule`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Switch {
    /// Neither of the others: customers are reminded.
    On,
    /// Σ(k − 1) below [`Rule::intervals`]: too little is known.
    FewIntervals {
        /// Σ(k − 1), finished intervals seen.
        have: u32,
    },
    /// Its share lies below the [`Rule::quantile`] of the shares of all items sold: hardly anybody buys it twice.
    RarelyRepeated {
        /// Its share of repeaters, shrunk, 0 to 1.
        share: f64,
        /// The shop's quantile it stays below, 0 to 1.
        least: f64,
    },
}

/// Per item, the share of its buyers who bought it again ("repeat customer probability").
///
/// Shrunk to the shop: (M·shop + repeaters)/(M + buyers), M that which makes the counts likeliest, by Σ lnB(M·shop + repeaters,
/// M·(1 − shop) + buyers − repeaters) − lnB(M·shop, M·(1 − shop)) (beta-binomial with the shop's mean). Source: Bhagat et al. 2018, KDD, section 3.1, unshrunk; the shrinkage is the usual empirical Bayes of a
/// proportion (Carlin and Louis, Bayes and Empirical Bayes Methods, chapter 3).
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    rule: Rule,
    shop: f64,
    shares: Vec<f64>,
    intervals: Vec<u32>,
    least: f64,
}

impl Shares {
    /// Counts over all pairs of a shop; items are numbered below `items`. A shop without sales has shares of 0.
    pub fn fit(pairs: &[Pair], items: usize, rule: Rule) -> Self {
        let mut buyers = vec![(0.0, 0.0); items];
        let mut intervals = vec![0_u32; items];
        for pair in pairs.iter().filter(|pair| (pair.item as usize) < items) {
            let (all, again) = &mut buyers[pair.item as usize];
            *all += 1.0;
            *again += f64::from(u8::from(pair.times > 1));
            intervals[pair.item as usize] += pair.times - 1;
        }
        let (all, again) = buyers.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let shop = if all > 0.0 { again / all } else { 0.0 };
        let weight = likeliest_weight(&buyers, shop);
        let shares: Vec<f64> = buyers.iter().map(|(all, again)| (weight * shop + again) / (weight + all)).collect();
        let mut sold: Vec<f64> = shares.iter().zip(&buyers).filter(|(_, (all, _))| *all > 0.0).map(|(share, _)| *share).collect();
        sold.sort_unstable_by(f64::total_cmp);
        let place = (rule.quantile.clamp(0.0, 1.0) * sold.len().saturating_sub(1) as f64).round() as usize;
        let least = sold.get(place).copied().unwrap_or(0.0);
        Self { rule, shop, shares, intervals, least }
    }

    /// #(pairs with k > 1)/#(pairs), the shop's share of pairs bought more than once, 0 to 1.
    pub fn shop(&self) -> f64 {
        self.shop
    }

    /// (M·shop + repeaters)/(M + buyers), the item's share, 0 to 1; the shop's of an unknown item.
    pub fn item(&self, item: u32) -> f64 {
        self.shares.get(item as usize).copied().unwrap_or(self.shop)
    }

    /// Whether the item is worth a reminder, by the [`Rule`] given when fitted.
    pub fn switch(&self, item: u32) -> Switch {
        let have = self.intervals.get(item as usize).copied().unwrap_or(0);
        let share = self.item(item);
        if have < self.rule.intervals {
            Switch::FewIntervals { have }
        } else if share < self.least {
            Switch::RarelyRepeated { share, least: self.least }
        } else {
            Switch::On
        }
    }
}

fn likeliest_weight(buyers: &[(f64, f64)], shop: f64) -> f64 {
    if shop <= 0.0 || shop >= 1.0 {
        return 1.0;
    }
    let log_likelihood = |log_weight: f64| {
        let (a, b) = (log_weight.exp() * shop, log_weight.exp() * (1.0 - shop));
        let none = ln_beta(a, b);
        buyers.iter().map(|(all, again)| ln_beta(a + again, b + all - again) - none).sum()
    };
    maximum(-1.0, 9.0, log_likelihood).exp()
}
