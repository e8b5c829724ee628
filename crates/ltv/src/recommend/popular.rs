use super::ranking::{Affinity, Scored};
use crate::goods::{Line, Log};

/// What sells: how many customers bought an item lately. Everybody gets the same list; it fills up where a personal model is
/// silent, and is what every model has to beat. score(i) = c_i, the number of different customers of item i with a day in
/// \[today − days, today − 1\]; customers and not purchases, so that one wholesale buyer makes no best seller (convention of this
/// crate).
#[derive(Clone, Debug, PartialEq)]
pub struct Popularity {
    customers: Vec<u32>,
    most: u32,
}

impl Popularity {
    /// Counts c_i, each item's different customers within the last `days` before `today`, today left out.
    pub fn fit(log: &Log, today: i32, days: u32) -> Self {
        let from = i64::from(today) - i64::from(days);
        let mut customers = vec![0; log.items()];
        for run in log.runs() {
            if run.iter().any(|line| line.day < today && i64::from(line.day) >= from) {
                customers[run[0].item as usize] += 1;
            }
        }
        let most = customers.iter().copied().max().unwrap_or(0);
        Self { customers, most }
    }

    /// c_i, how many customers bought an item within the window; 0 of an item the log does not have.
    pub fn customers(&self, item: u32) -> u32 {
        self.customers.get(item as usize).copied().unwrap_or(0)
    }

    /// c / (1 + c_max): from 0 to less than 1.
    pub(super) fn share(&self, item: u32) -> f64 {
        f64::from(self.customers(item)) / (1.0 + f64::from(self.most))
    }
}

impl Affinity for Popularity {
    fn scores(&self, _history: &[Line]) -> Vec<Scored> {
        (0..).zip(&self.customers).map(|(item, &customers)| Scored { item, score: f64::from(customers) }).collect()
    }
}
