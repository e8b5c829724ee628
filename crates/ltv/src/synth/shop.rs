//! A shop of made-up customers with their whole histories.

use rand::Rng;

use super::fault::{positive, share, time};
use super::process::{exponential, gamma};
use super::stream::{Topic, stream};
use super::{Fault, Process};

/// Weeks in a (Gregorian) year.
pub const YEAR_WEEKS: f64 = 365.2425 / 7.0;

/// A history stops at this many orders, so that absurd parameters end too.
pub const MOST_ORDERS: usize = 100_000;

/// What an order is worth: Gamma-Gamma (Fader and Hardie 2013). An order's value is Gamma(shape p, rate ν) with
/// ν ~ Gamma(shape q, rate v) per customer; the mean over all customers is p·v/(q − 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Shape of an order's value.
    pub p: f64,
    /// Shape of ν.
    pub q: f64,
    /// Rate of ν, in the currency's unit.
    pub v: f64,
}

/// A yearly wave on every customer's purchase rate: λ·(1 + swing·cos(2π(t − peak)/52.18)).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Season {
    /// Height of the wave as a share of the rate, 0 (none) to 1.
    pub swing: f64,
    /// Week of the year (from the shop's week 0) in which it is highest.
    pub peak: f64,
}

/// A shop's known truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shop {
    /// Who buys how often, until when.
    pub process: Process,
    /// What an order is worth.
    pub spend: Spend,
    /// The yearly wave.
    pub season: Season,
    /// First purchases fall evenly, on whole days, into this many weeks from the shop's week 0.
    pub entry_weeks: f64,
    /// Histories end here, weeks from the shop's week 0.
    pub end: f64,
}

/// One purchase.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// Weeks from the shop's week 0.
    pub week: f64,
    /// In the currency's unit.
    pub amount: f64,
}

/// A made-up customer with what nobody sees in a real one.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// Number, from 0.
    pub id: u64,
    /// λ, purchases per week while alive (before the season).
    pub rate: f64,
    /// Mean value of this customer's orders, p/ν.
    pub mean_spend: f64,
    /// The customer has left from this week on; infinite while alive at the end of the history.
    pub left: f64,
    /// In order of time; the first one is there always.
    pub orders: Vec<Order>,
}

/// A history in the four numbers the purchase models read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Repeat purchases.
    pub x: u32,
    /// First to last purchase, weeks.
    pub t_x: f64,
    /// First purchase to the end of observation (T), weeks.
    pub age: f64,
    /// Mean value of the repeat purchases; `None` without any.
    pub mean_spend: Option<f64>,
}

impl Shop {
    /// Whether everything lies in its range.
    ///
    /// # Errors
    /// The first [`Fault`].
    pub fn check(&self) -> Result<(), Fault> {
        self.process.check()?;
        positive("p", self.spend.p)?;
        positive("q", self.spend.q)?;
        positive("v", self.spend.v)?;
        share("swing", self.season.swing)?;
        time("entry_weeks", self.entry_weeks)?;
        time("end", self.end)
    }

    /// Customer `id` of the world `seed`.
    ///
    /// # Errors
    /// What [`Shop::check`] says.
    pub fn customer(&self, seed: u64, id: u64) -> Result<Customer, Fault> {
        self.check()?;
        Ok(self.made(seed, id))
    }

    /// Customers `0..count` of the world `seed`, one after another.
    ///
    /// # Errors
    /// What [`Shop::check`] says.
    pub fn customers(&self, seed: u64, count: u64) -> Result<impl Iterator<Item = Customer> + use<>, Fault> {
        self.check()?;
        let shop = *self;
        Ok((0..count).map(move |id| shop.made(seed, id)))
    }

    fn made(&self, seed: u64, id: u64) -> Customer {
        let rng = &mut stream(seed, Topic::History, id);
        let first = (rng.random::<f64>() * self.entry_weeks * 7.0).floor() / 7.0;
        let nature = self.process.draw(rng);
        let nu = gamma(self.spend.q, self.spend.v, rng).max(f64::MIN_POSITIVE);
        let mut orders = vec![Order { week: first, amount: gamma(self.spend.p, nu, rng) }];
        let mut left = if nature.left_at_once { first } else { first + nature.lifetime };
        let highest = nature.rate * (1.0 + self.season.swing);
        let mut week = first;
        while orders.len() < MOST_ORDERS {
            week += exponential(highest, rng);
            if week > self.end || week > left {
                break;
            }
            if rng.random::<f64>() * (1.0 + self.season.swing) > self.season.factor(week) {
                continue;
            }
            orders.push(Order { week, amount: gamma(self.spend.p, nu, rng) });
            if rng.random::<f64>() < nature.leaves {
                left = week;
            }
        }
        let left = if left > self.end { f64::INFINITY } else { left };
        Customer { id, rate: nature.rate, mean_spend: self.spend.p / nu, left, orders }
    }
}

impl Season {
    /// A year without seasons.
    pub const NONE: Self = Self { swing: 0.0, peak: 0.0 };

    /// What the rate is multiplied with in `week`: 1 + swing·cos(2π(week − peak)/52.18).
    pub fn factor(&self, week: f64) -> f64 {
        1.0 + self.swing * libm::cos(std::f64::consts::TAU * (week - self.peak) / YEAR_WEEKS)
    }
}

impl Customer {
    /// What is known of the customer at `until` (weeks from the shop's week 0); `None` before the first purchase.
    pub fn summary(&self, until: f64) -> Option<Summary> {
        let first = self.orders.first().filter(|order| order.week <= until)?;
        let repeats: Vec<&Order> = self.orders.iter().skip(1).take_while(|order| order.week <= until).collect();
        let spent: f64 = repeats.iter().map(|order| order.amount).sum();
        Some(Summary {
            x: u32::try_from(repeats.len()).unwrap_or(u32::MAX),
            t_x: repeats.last().map_or(0.0, |last| last.week - first.week),
            age: until - first.week,
            mean_spend: (!repeats.is_empty()).then(|| spent / repeats.len() as f64),
        })
    }

    /// Purchases in (`from`, `until`]: what really happened after a forecast.
    pub fn bought(&self, from: f64, until: f64) -> usize {
        self.orders.iter().filter(|order| order.week > from && order.week <= until).count()
    }
}
