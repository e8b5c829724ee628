//! A made-up shop's log of goods, with planted intervals and planted tastes.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

use super::process::exponential;
use super::stream::{Topic, stream};
use crate::goods::{Line, Log};

/// Something that is used up and bought again: ln(days per pack) = ln `days` + `between`·z₁ + `within`·z₂, z₁ ~ N(0, 1) per customer,
/// z₂ ~ N(0, 1) per interval, the hierarchy that [`Rhythm`](crate::replenish::Rhythm) estimates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staple {
    /// Median days a pack lasts, over customers; above 0.
    pub days: f64,
    /// Standard deviation of ln(days) between customers.
    pub between: f64,
    /// Standard deviation of ln(days) between one customer's intervals.
    pub within: f64,
    /// Share of the customers who ever take it, 0 to 1.
    pub adoption: f64,
    /// Probability after each purchase that it was the last, 0 to 1.
    pub leaving: f64,
    /// Most packs bought at once: the number is uniform on 1 … this.
    pub packs: u32,
}

/// What a shop has on its shelves, and how its customers take from them. Convention of this crate. Items are numbered staples first, then group by group.
#[derive(Clone, Debug, PartialEq)]
pub struct Shelves {
    /// How many customers; each comes first on a day uniform over the first half of the time.
    pub customers: u32,
    /// Days: purchases fall on 0 … days − 1.
    pub days: i32,
    /// What is bought again and again; items 0, 1, ….
    pub staples: Vec<Staple>,
    /// Tastes: groups of items that the same customers like. Every customer has one, each as likely.
    pub groups: u32,
    /// Items in a group; group g has the items staples + g·group_size and following.
    pub group_size: u32,
    /// Visits a year (365 days) to look for something new, a Poisson process; each brings 1 + Geometric(½) items, less those owned.
    pub visits: f64,
    /// Probability that a new item is drawn from the customer's taste and not from all groups, 0 to 1.
    pub loyalty: f64,
}

/// How long a pack really lasts with a customer: a planted truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// The customer's number.
    pub customer: u32,
    /// The staple's number.
    pub item: u32,
    /// days·e^(between·z₁), median days a pack lasts with them.
    pub days: f64,
}

/// A log and the truth behind it, see [`Shelves::make`].
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// What was bought, customers and items numbered as in [`Shelves`].
    pub log: Log,
    /// Who uses which staple how fast, by customer and item.
    pub uses: Vec<Use>,
    /// Each customer's taste, a number below [`Shelves::groups`].
    pub tastes: Vec<u32>,
}

impl Shelves {
    /// ⌊(item − staples)/group_size⌋, the item's group; nothing of a staple.
    pub fn group(&self, item: u32) -> Option<u32> {
        let place = item.checked_sub(self.staple_count())?;
        place.checked_div(self.group_size)
    }

    fn staple_count(&self) -> u32 {
        u32::try_from(self.staples.len()).unwrap_or(u32::MAX)
    }

    fn items(&self) -> u32 {
        self.staple_count().saturating_add(self.groups.saturating_mul(self.group_size))
    }

    /// Makes the log up. Equal seeds give equal logs on every machine; each customer has a stream of their own, so more
    /// customers leave the first ones as they were. Intervals are log-normal:
    /// round(days·packs·e^(between·z₁ + within·z₂)) days, at least one.
    pub fn make(&self, seed: u64) -> Made {
        let mut lines = Vec::new();
        let mut uses = Vec::new();
        let mut tastes = Vec::new();
        for customer in 0..self.customers {
            let mut rng = stream(seed, Topic::Goods, customer.into());
            let start = rng.random_range(0..=(self.days / 2).max(0));
            let taste = rng.random_range(0..self.groups.max(1));
            tastes.push(taste);
            for (item, staple) in (0_u32..).zip(&self.staples) {
                if rng.random::<f64>() < staple.adoption {
                    let normal: f64 = rng.sample(StandardNormal);
                    let one = Use { customer, item, days: staple.days * (staple.between * normal).exp() };
                    self.use_up(staple, one, start, &mut rng, &mut lines);
                    uses.push(one);
                }
            }
            self.look_for_new(customer, taste, start, &mut rng, &mut lines);
        }
        // Numbers are below the counts and packs are at least 1 by construction.
        let log = Log::new(lines, self.customers as usize, self.items() as usize).unwrap_or_default();
        Made { log, uses, tastes }
    }

    fn use_up(&self, staple: &Staple, one: Use, start: i32, rng: &mut ChaCha8Rng, lines: &mut Vec<Line>) {
        let mut day = start.saturating_add(rng.random_range(0..30));
        while day < self.days {
            let packs = rng.random_range(1..=staple.packs.max(1));
            lines.push(Line { customer: one.customer, item: one.item, day, packs });
            if rng.random::<f64>() < staple.leaving {
                return;
            }
            let normal: f64 = rng.sample(StandardNormal);
            let gap = one.days * f64::from(packs) * (staple.within * normal).exp();
            day = day.saturating_add((gap.round() as i32).max(1));
        }
    }

    fn look_for_new(&self, customer: u32, taste: u32, start: i32, rng: &mut ChaCha8Rng, lines: &mut Vec<Line>) {
        if self.groups == 0 || self.group_size == 0 || self.visits <= 0.0 {
            return;
        }
        let mut owned: Vec<u32> = Vec::new();
        let mut day = start;
        while day < self.days {
            loop {
                if let Some(item) = self.something_new(taste, &owned, rng) {
                    owned.push(item);
                    lines.push(Line { customer, item, day, packs: 1 });
                }
                if rng.random::<f64>() < 0.5 {
                    break;
                }
            }
            let gap = exponential(self.visits / 365.0, rng);
            day = day.saturating_add((gap.ceil() as i32).max(1));
        }
    }

    fn something_new(&self, taste: u32, owned: &[u32], rng: &mut ChaCha8Rng) -> Option<u32> {
        let base = self.staple_count();
        let liked = rng.random::<f64>() < self.loyalty;
        let (from, count) = if liked { (taste * self.group_size, self.group_size) } else { (0, self.groups * self.group_size) };
        let item = base + from + rng.random_range(0..count);
        (!owned.contains(&item)).then_some(item)
    }
}
