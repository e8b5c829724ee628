//! Customers by the period of their first purchase.

use std::collections::BTreeMap;

use super::window::Customer;

/// Customers whose first purchase fell into one period, followed over the periods. Convention of this crate: the usual cohort table.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// c, the period's number as `period_of` counts.
    pub period: i32,
    /// #(customers whose first purchase fell into period c).
    pub customers: usize,
    /// At place k: #(of them who bought in period c + k), k = 0 … last − c; place 0 is everybody.
    pub active: Vec<usize>,
    /// At place k: Σ of their money in period c + k, less what was given back then, in the log's currency.
    pub money: Vec<f64>,
}

/// Cohorts in order of their periods, those with a customer alone. `period_of` gives a day's period (a month, say) as a number that
/// counts up by one and never falls with the day; `last` is the last period to show. Customers without a purchase up to then are
/// left out.
pub fn cohorts(customers: &[Customer], period_of: impl Fn(i32) -> i32, last: i32) -> Vec<Cohort> {
    let mut found: BTreeMap<i32, Cohort> = BTreeMap::new();
    for customer in customers {
        let Some(first) = customer.purchases().first().map(|entry| period_of(entry.day)).filter(|first| *first <= last) else {
            continue;
        };
        let cohort = found.entry(first).or_insert_with(|| {
            let periods = (last - first) as usize + 1;
            Cohort { period: first, customers: 0, active: vec![0; periods], money: vec![0.0; periods] }
        });
        cohort.add(customer, &period_of);
    }
    found.into_values().collect()
}

impl Cohort {
    fn add(&mut self, customer: &Customer, period_of: impl Fn(i32) -> i32) {
        self.customers += 1;
        let place = |day: i32| usize::try_from(period_of(day) - self.period).ok().filter(|place| *place < self.active.len());
        let mut active: Vec<usize> = customer.purchases().iter().filter_map(|entry| place(entry.day)).collect();
        active.dedup();
        let entries = customer.purchases().iter().chain(customer.refunds());
        let money: Vec<(usize, f64)> = entries.filter_map(|entry| Some((place(entry.day)?, entry.money))).collect();
        for place in active {
            self.active[place] += 1;
        }
        for (place, sum) in money {
            self.money[place] += sum;
        }
    }
}
