//! What is known of a customer's purchases, and many customers with equal histories as one row.

use std::collections::HashMap;

/// A customer's purchases up to an instant. Time is in any unit, the same for all customers and for every horizon; `enishi`
/// uses weeks. Several purchases on one day count as one (Fader & Hardie, brucehardie.com note 026).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct History {
    x: u32,
    t_x: f64,
    t: f64,
}

/// Why three numbers are no history: 0 ≤ t_x ≤ T < ∞ and (x = 0 ⇔ t_x = 0) must hold, by the definitions of x, t_x and T (Fader,
/// Hardie & Lee 2005).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryFault {
    /// t_x or T is NaN, infinite or below 0.
    NotATime,
    /// t_x > T: the last purchase lies behind the end of the observation.
    LastAfterEnd,
    /// x = 0 and t_x > 0: no repeat purchase, but a time of one.
    TimeWithoutPurchase,
    /// x > 0 and t_x = 0: repeat purchases, but none later than the first; several of a day count as one (note 026).
    PurchaseWithoutTime,
}

impl History {
    /// (x, t_x, T) = (0, 0, 0): somebody who has just bought for the first time.
    pub const NEW: Self = Self { x: 0, t_x: 0.0, t: 0.0 };

    /// x repeat purchases (the first is not counted), the last of them t_x after the first purchase, T from the first purchase
    /// to the end of the observation (notation of Fader, Hardie & Lee 2005); t_x and T in the same unit of time.
    ///
    /// # Errors
    /// [`HistoryFault::NotATime`], [`HistoryFault::LastAfterEnd`], [`HistoryFault::TimeWithoutPurchase`],
    /// [`HistoryFault::PurchaseWithoutTime`], in this order.
    pub fn new(x: u32, t_x: f64, t: f64) -> Result<Self, HistoryFault> {
        let time = |value: f64| value.is_finite() && value >= 0.0;
        match () {
            () if !time(t_x) || !time(t) => Err(HistoryFault::NotATime),
            () if t_x > t => Err(HistoryFault::LastAfterEnd),
            () if x == 0 && t_x > 0.0 => Err(HistoryFault::TimeWithoutPurchase),
            () if x > 0 && t_x == 0.0 => Err(HistoryFault::PurchaseWithoutTime),
            () => Ok(Self { x, t_x, t }),
        }
    }

    /// x, the number of repeat purchases.
    pub fn x(&self) -> u32 {
        self.x
    }

    /// t_x, from the first purchase to the last, in the unit of time; 0 for x = 0.
    pub fn t_x(&self) -> f64 {
        self.t_x
    }

    /// T, from the first purchase to the end of the observation, in the unit of time.
    pub fn t(&self) -> f64 {
        self.t
    }
}

/// Equal histories (x, t_x, T), counted: Σ over customers of ln L becomes Σ over distinct histories of customers·ln L. Times are
/// divided by their mean T̄, so that fits see the same numbers whatever unit they came in. Derived here: ln L depends on nothing
/// else of a customer.
#[derive(Clone, Debug)]
pub struct Grouped {
    pub(crate) rows: Vec<Row>,
    /// The distinct numbers of repeat purchases, and how many customers have each.
    pub(crate) counts: Vec<(f64, f64)>,
    pub(crate) unit: f64,
    customers: usize,
    repeats: f64,
}

/// One history and the number of customers who have it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Place in `Grouped::counts`.
    pub(crate) at: u32,
    pub(crate) t_x: f64,
    pub(crate) t: f64,
    pub(crate) customers: f64,
}

impl Grouped {
    /// Counts equal histories of n customers, in any order, all times in one unit. Time O(n log n), memory O(distinct histories).
    pub fn new(histories: &[History]) -> Self {
        let mut keys: Vec<(u32, u64, u64)> = histories.iter().map(|one| (one.x, one.t_x.to_bits(), one.t.to_bits())).collect();
        keys.sort_unstable();
        // Added up in sorted order, so that the order of customers changes nothing.
        let mean = keys.iter().map(|key| f64::from_bits(key.2)).sum::<f64>() / keys.len().max(1) as f64;
        let unit = if mean > 0.0 && mean.is_finite() { mean } else { 1.0 };
        let mut grouped = Self { rows: Vec::new(), counts: Vec::new(), unit, customers: histories.len(), repeats: 0.0 };
        for same in keys.chunk_by(|one, other| one == other) {
            grouped.count(same[0], same.len() as f64);
        }
        grouped.repeats = grouped.counts.iter().map(|(x, customers)| x * customers).sum();
        grouped
    }

    /// About `rows` rows spread evenly over all of them; `None` unless that is far fewer.
    pub(crate) fn thinned(&self, rows: usize) -> Option<Self> {
        let every = self.rows.len() / rows;
        if every < 4 {
            return None;
        }
        let mut thin = Self { rows: Vec::new(), counts: Vec::new(), unit: self.unit, customers: 0, repeats: 0.0 };
        for row in self.rows.iter().step_by(every) {
            let x = self.counts[row.at as usize].0;
            match thin.counts.last_mut().filter(|(last, _)| *last == x) {
                Some((_, customers)) => *customers += row.customers,
                None => thin.counts.push((x, row.customers)),
            }
            thin.rows.push(Row { at: u32::try_from(thin.counts.len() - 1).unwrap_or(u32::MAX), ..*row });
            thin.customers += row.customers as usize;
            thin.repeats += x * row.customers;
        }
        Some(thin)
    }

    /// Adds customers with the next history in order.
    fn count(&mut self, (x, t_x, t): (u32, u64, u64), customers: f64) {
        let x = f64::from(x);
        match self.counts.last_mut().filter(|(last, _)| *last == x) {
            Some((_, known)) => *known += customers,
            None => self.counts.push((x, customers)),
        }
        self.rows.push(Row {
            at: u32::try_from(self.counts.len() - 1).unwrap_or(u32::MAX),
            t_x: f64::from_bits(t_x) / self.unit,
            t: f64::from_bits(t) / self.unit,
            customers,
        });
    }

    /// n, all customers.
    pub fn customers(&self) -> usize {
        self.customers
    }

    /// #(x > 0), customers with at least one repeat purchase.
    pub fn repeaters(&self) -> usize {
        let once = self.counts.first().filter(|(x, _)| *x == 0.0).map_or(0.0, |(_, customers)| *customers);
        self.customers - once as usize
    }

    /// Σx, repeat purchases of all customers.
    pub fn repeat_purchases(&self) -> f64 {
        self.repeats
    }

    /// max T, the longest observation, in the unit of time of the histories; 0 without customers.
    pub fn longest(&self) -> f64 {
        self.rows.iter().map(|row| row.t).fold(0.0, f64::max) * self.unit
    }

    /// max x, the most repeat purchases of one customer; 0 without customers.
    pub fn most(&self) -> f64 {
        self.counts.last().map_or(0.0, |(x, _)| *x)
    }
}

/// Purchases of one customer on days, put together into what the models need (Fader & Hardie, note 026).
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// x, t_x, T with times in weeks of 7 days: x = purchase days − 1, t_x = (last − first)/7, T = (end − first)/7.
    pub history: History,
    /// zbar: Σ money of the *repeat* purchase days/x, in the money of the log; `None` without one (note 026: the first purchase is
    /// left out).
    pub mean_repeat_value: Option<f64>,
    /// Σ money/(x + 1) of all purchase days, the first one too, in the money of the log.
    pub mean_value: f64,
}

/// Puts together the entries of one customer, (day number, money) in any order, up to and with day `end`. The entries of a day are
/// added up and count as one purchase; a day on which no more was paid than given back is none (note 026; refunds: convention of
/// this crate). `None` without a purchase.
pub fn summarise(purchases: &[(i32, f64)], end: i32) -> Option<Summary> {
    let days = purchase_days(purchases, end);
    let (first, rest) = days.split_first()?;
    let weeks = |day: i32| f64::from(day - first.0) / 7.0;
    let history =
        History::new(u32::try_from(rest.len()).ok()?, rest.last().map_or(0.0, |last| weeks(last.0)), weeks(end)).ok()?;
    let repeat: f64 = rest.iter().map(|(_, money)| money).sum();
    Some(Summary {
        history,
        mean_repeat_value: (!rest.is_empty()).then(|| repeat / rest.len() as f64),
        mean_value: (first.1 + repeat) / days.len() as f64,
    })
}

/// Money by day, in order, up to `end`; only days on which more was paid than given back.
pub(crate) fn purchase_days(purchases: &[(i32, f64)], end: i32) -> Vec<(i32, f64)> {
    let mut by_day: HashMap<i32, f64> = HashMap::new();
    for (day, money) in purchases.iter().filter(|(day, _)| *day <= end) {
        *by_day.entry(*day).or_default() += money;
    }
    let mut days: Vec<(i32, f64)> = by_day.into_iter().filter(|(_, money)| *money > 0.0).collect();
    days.sort_unstable_by_key(|(day, _)| *day);
    days
}
