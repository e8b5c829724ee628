//! F2: whether a first purchase is followed by a second, and when.

use super::survival::{Observation, Survival, survival};
use super::window::Customer;

/// The second order: what Japanese shops call the F2 conversion.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondOrder {
    /// n, customers who bought at all.
    pub customers: usize,
    /// d, customers who bought on a second day.
    pub repeated: usize,
    /// d/n in \[0, 1\]: the plain rate, which is too low for a shop that still wins customers, for the latest have had no time.
    pub plain_rate: f64,
    /// Days from the first to the second purchase day (Kaplan-Meier), customers without one counted up to the last day.
    pub waiting: Survival,
}

impl SecondOrder {
    /// F2 within so many days, (1 − S(days), lower end, upper end), each in \[0, 1\]: S Kaplan & Meier's (1958) curve of
    /// [`waiting`](Self::waiting) with its pointwise interval. `None` beyond what has been observed.
    pub fn within(&self, days: f64) -> Option<(f64, f64, f64)> {
        if days > self.waiting.until {
            return None;
        }
        Some(self.waiting.at(days).map_or((0.0, 0.0, 0.0), |step| (1.0 - step.survival, 1.0 - step.high, 1.0 - step.low)))
    }
}

/// Looks at second orders up to and with a last day: the wait is (second − first purchase day), open after (last day − first) for
/// those without a second. Intervals are of ±`z` standard errors, 1.96 for 95 % ([`survival`]). `None` if nobody bought.
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
