use crate::goods::Log;

/// Every customer's purchase days, ascending.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Visits(Vec<Vec<i32>>);

/// A customer as of a day.
pub(super) struct Visitor {
    /// Purchase days per day since the first, to which 30 days are added: a first visit yesterday is no rate of one a day.
    pub(super) rate: f64,
    /// Days since they bought anything.
    pub(super) absent: f64,
}

impl Visits {
    pub(super) fn new(log: &Log) -> Self {
        let days = |customer| {
            let mut days: Vec<i32> = log.of(customer).iter().map(|line| line.day).collect();
            days.sort_unstable();
            days.dedup();
            days
        };
        Self(log.customers().map(days).collect())
    }

    pub(super) fn at(&self, customer: u32, today: i32) -> Visitor {
        let days = self.0.get(customer as usize).map_or(&[][..], Vec::as_slice);
        let known = &days[..days.partition_point(|day| *day < today)];
        let since = |day: Option<&i32>| day.map_or(0.0, |day| f64::from(today) - f64::from(*day));
        Visitor { rate: (known.len() as f64).max(0.5) / (since(known.first()) + 30.0), absent: since(known.last()) }
    }
}
