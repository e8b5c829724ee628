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

/// Why three numbers are no history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryFault {
    /// t_x or T is not finite or below 0.
    NotATime,
    /// The last purchase lies behind the end of the observation: t_x > T.
    LastAfterEnd,
    /// No repeat purchase, but a time of one: x = 0, t_x > 0.
    TimeWithoutPurchase,
    /// Repeat purchases, but none later than the first purchase: x > 0, t_x = 0.
    PurchaseWithoutTime,
}

impl History {
    /// Somebody who has just bought for the first time: x = 0, t_x = 0, T = 0.
    pub const NEW: Self = Self { x: 0, t_x: 0.0, t: 0.0 };

    /// x repeat purchases (the first is not counted), the last of them t_x after the first purchase, T from the first purchase
    /// to the end of the observation.
    ///
    /// # Errors
    /// The numbers contradict each other.
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

    /// Repeat purchases.
    pub fn x(&self) -> u32 {
        self.x
    }

    /// From the first purchase to the last, in the unit of time.
    pub fn t_x(&self) -> f64 {
        self.t_x
    }

    /// From the first purchase to the end of the observation, in the unit of time.
    pub fn t(&self) -> f64 {
        self.t
    }
}

/// Equal histories, counted. Times are divided by `unit`, so that fits see the same numbers whatever unit they came in.
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
    /// Counts equal histories. Takes O(n log n).
    pub fn new(histories: &[History]) -> Self {
        let mut keys: Vec<(u32, u64, u64)> = histories.iter().map(|one| (one.x, one.t_x.to_bits(), one.t.to_bits())).collect();
        keys.sort_unstable();
        // Added up in sorted order, so that the order of customers changes nothing.
        let mean = keys.iter().map(|key| f64::from_bits(key.2)).sum::<f64>() / keys.len().max(1) as f64;
        let unit = if mean > 0.0 && mean.is_finite() { mean } else { 1.0 };
        let mut grouped = Self { rows: Vec::new(), counts: Vec::new(), unit, customers: histories.len(), repeats: 0.0 };
        let mut last = None;
        for key in keys {
            grouped.count(key, last == Some(key));
            last = Some(key);
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

    fn count(&mut self, (x, t_x, t): (u32, u64, u64), again: bool) {
        let x = f64::from(x);
        match self.counts.last_mut().filter(|(last, _)| *last == x) {
            Some((_, customers)) => *customers += 1.0,
            None => self.counts.push((x, 1.0)),
        }
        match self.rows.last_mut().filter(|_| again) {
            Some(row) => row.customers += 1.0,
            None => self.rows.push(Row {
                at: u32::try_from(self.counts.len() - 1).unwrap_or(u32::MAX),
                t_x: f64::from_bits(t_x) / self.unit,
                t: f64::from_bits(t) / self.unit,
                customers: 1.0,
            }),
        }
    }

    /// All customers.
    pub fn customers(&self) -> usize {
        self.customers
    }

    /// Customers with at least one repeat purchase.
    pub fn repeaters(&self) -> usize {
        let once = self.counts.first().filter(|(x, _)| *x == 0.0).map_or(0.0, |(_, customers)| *customers);
        self.customers - once as usize
    }

    /// Repeat purchases of all customers.
    pub fn repeat_purchases(&self) -> f64 {
        self.repeats
    }

    /// The longest observation, in the unit of time of the histories.
    pub fn longest(&self) -> f64 {
        self.rows.iter().map(|row| row.t).fold(0.0, f64::max) * self.unit
    }

    /// The most repeat purchases of one customer.
    pub fn most(&self) -> f64 {
        self.counts.last().map_or(0.0, |(x, _)| *x)
    }
}

/// Purchases of one customer on days, put together into what the models need.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Times in weeks of 7 days.
    pub history: History,
    /// Mean money of a *repeat* purchase day; `None` without one (note 026: the first purchase is left out).
    pub mean_repeat_value: Option<f64>,
    /// Mean money of all purchase days, the first one too.
    pub mean_value: f64,
}

/// Puts together the purchase days of one customer up to `end`, as (day number, money); days without money over 0 are no
/// purchases, several entries of a day are one. `None` without a purchase.
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
