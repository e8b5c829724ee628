//! A shop of made-up customers with their whole histories.

use rand::Rng;

use super::fault::{positive, share, time};
use super::process::{exponential, gamma};
use super::stream::{Topic, stream};
use super::{Fault, Process};

/// 365.2425/7, weeks in a mean Gregorian year.
pub const YEAR_WEEKS: f64 = 365.2425 / 7.0;

/// A history stops at this many orders, so that absurd parameters end too. Convention of this crate.
pub const MOST_ORDERS: usize = 100_000;

/// What an order is worth: Gamma-Gamma (Fader and Hardie 2013). An order's value is Gamma(shape p, rate ν) with
/// ν ~ Gamma(shape q, rate v) per customer; the mean over all customers is p·v/(q − 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// p > 0, shape of an order's value, without unit.
    pub p: f64,
    /// q > 0, shape of ν, without unit; the mean over customers is finite for q > 1.
    pub q: f64,
    /// v > 0, rate of ν, in the currency's unit.
    pub v: f64,
}

/// A yearly wave on every customer's purchase rate: λ·(1 + swing·cos(2π(t − peak)/52.18)). Convention of this crate; drawn by
/// thinning (Lewis & Shedler 1979).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Season {
    /// Height of the wave as a share of the rate, in \[0, 1\]; 0: none.
    pub swing: f64,
    /// Week of the year (from the shop's week 0) in which it is highest.
    pub peak: f64,
}

/// A shop's known truth: customers are independent draws from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shop {
    /// λ, and how customers leave.
    pub process: Process,
    /// What an order is worth, independent of the process.
    pub spend: Spend,
    /// The yearly wave on λ.
    pub season: Season,
    /// First purchases fall at ⌊7·U·entry_weeks⌋/7 weeks, U uniform: evenly, on whole days from the shop's week 0.
    pub entry_weeks: f64,
    /// Histories end here, in weeks from the shop's week 0.
    pub end: f64,
}

/// One purchase, its time exact and not rounded to a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Order {
    /// When, in weeks from the shop's week 0.
    pub week: f64,
    /// ~ Gamma(p, ν), money in the currency's unit.
    pub amount: f64,
}

/// A made-up customer with what nobody sees in a real one.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// Number, from 0: names the stream of random numbers.
    pub id: u64,
    /// λ ~ Gamma(r, α), purchases per week while alive (before the season).
    pub rate: f64,
    /// p/ν, mean value of this customer's orders, in the currency's unit.
    pub mean_spend: f64,
    /// The customer has left from this week on, in weeks from the shop's week 0; infinite while alive at the end of the history.
    pub left: f64,
    /// In order of time; the first one is there always.
    pub orders: Vec<Order>,
}

/// A history in the four numbers the purchase models read (Fader, Hardie & Lee 2005); every order counts, also several of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// x, repeat purchases.
    pub x: u32,
    /// t_x, first to last purchase, weeks; 0 for x = 0.
    pub t_x: f64,
    /// T, first purchase to the end of observation, weeks.
    pub age: f64,
    /// zbar, mean value of the x repeat purchases in the currency's unit; `None` without any.
    pub mean_spend: Option<f64>,
}

impl Shop {
    /// Whether everything lies in its range.
    ///
    /// # Errors
    /// The first [`Fault`]: a shape or rate that is not above 0, a swing outside \[0, 1\], a time below 0.
    pub fn check(&self) -> Result<(), Fault> {
        self.process.check()?;
        positive("p", self.spend.p)?;
        positive("q", self.spend.q)?;
        positive("v", self.spend.v)?;
        share("swing", self.season.swing)?;
        time("entry_weeks", self.entry_weeks)?;
        time("end", self.end)
    }

    /// Customer `id` of the world `seed`: a stream of random numbers of their own, so that any customer can be made alone.
    ///
    /// # Errors
    /// What [`Shop::check`] says.
    pub fn customer(&self, seed: u64, id: u64) -> Result<Customer, Fault> {
        self.check()?;
        Ok(self.made(seed, id))
    }

    /// Customers `0..count` of the world `seed`, one after another: the same as [`Shop::customer`] of each number.
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
    /// swing = 0: a year without seasons.
    pub const NONE: Self = Self { swing: 0.0, peak: 0.0 };

    /// What the rate is multiplied with in `week`: 1 + swing·cos(2π(week − peak)/52.18), in \[0, 2\].
    pub fn factor(&self, week: f64) -> f64 {
        1.0 + self.swing * libm::cos(std::f64::consts::TAU * (week - self.peak) / YEAR_WEEKS)
    }
}

impl Customer {
    /// What is known of the customer at `until` (weeks from the shop's week 0), orders of that instant included; `None` before the
    /// first purchase.
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

    /// #(orders in (`from`, `until`\]), weeks from the shop's week 0: what really happened after a forecast.
    pub fn bought(&self, from: f64, until: f64) -> usize {
        self.orders.iter().filter(|order| order.week > from && order.week <= until).count()
    }
}
