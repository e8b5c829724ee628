//! F2: whether a first purchase is followed by a second, and when.

use super::survival::{Observation, Survival, survival};
use super::window::Customer;

/// The second order.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondOrder {
    /// Customers who bought at all.
    pub customers: usize,
    /// Customers who bought on a second day.
    pub repeated: usize,
    /// repeated/customers: the plain rate, which is too low for a shop that still wins customers, for the latest have had no time.
    pub plain_rate: f64,
    /// Days from the first to the second purchase day (Kaplan-Meier), customers without one counted up to the last day.
    pub waiting: Survival,
}

impl SecondOrder {
    /// The share with a second order within so many days, with its interval: 1 − S(days). `None` beyond what has been observed.
    pub fn within(&self, days: f64) -> Option<(f64, f64, f64)> {
        if days > self.waiting.until {
            return None;
        }
        Some(self.waiting.at(days).map_or((0.0, 0.0, 0.0), |step| (1.0 - step.survival, 1.0 - step.high, 1.0 - step.low)))
    }
}

/// Looks at second orders up to a last day, with intervals of ±`z` standard errors; `None` if nobody bought.
pub fn second_order(customers: &[Customer], last_day: i32, z: f64) -> Option<SecondOrder> {
    let waits: Vec<Observation> = customers.iter().filter_map(|customer| wait(customer, last_day)).collect();
    let repeated = waits.iter().filter(|wait| matches!(wait, Observation::Happened(_))).count();
    (!waits.is_empty()).then(|| SecondOrder {
        customers: waits.len(),
        repeated,
        plain_rate: repeated as f64 / waits.len() as f64,
        waiting: survival(&waits, z),
    })
}

fn wait(customer: &Customer, last_day: i32) -> Option<Observation> {
    let mut days = customer.purchases().iter().map(|entry| entry.day).filter(|day| *day <= last_day);
    let first = days.next()?;
    Some(
        days.next()
            .map_or(Observation::NotYet(f64::from(last_day - first)), |second| Observation::Happened(f64::from(second - first))),
    )
}
