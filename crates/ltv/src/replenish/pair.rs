use crate::goods::{Line, Log};

/// Whether packs stretch time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packs {
    /// n packs last n times as long as one.
    #[default]
    Stretch,
    /// A purchase is a purchase: for shops whose quantities are no measure of use (gifts, wholesale).
    Ignore,
}

impl Packs {
    fn of(self, line: &Line) -> f64 {
        match self {
            Self::Stretch => f64::from(line.packs),
            Self::Ignore => 1.0,
        }
    }
}

/// What is known of one customer and one item they bought, as of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The customer.
    pub customer: u32,
    /// The item.
    pub item: u32,
    /// Days on which it was bought (k), at least 1.
    pub times: u32,
    /// Days per pack of the finished intervals, added up.
    pub used: f64,
    /// ln(days per pack) of the finished intervals, added up.
    pub logs: f64,
    /// The squares of those logarithms, added up.
    pub log_squares: f64,
    /// The day of the last purchase.
    pub last_day: i32,
    /// Packs of the last purchase that stretch time, at least 1.
    pub packs: f64,
    /// Days since the last purchase.
    pub elapsed: f64,
}

impl Pair {
    /// From the purchases of one item by one customer, by day; nothing of none.
    pub(super) fn new(run: &[Line], today: i32, packs: Packs) -> Option<Self> {
        let last = run.last()?;
        let (mut used, mut logs, mut log_squares) = (0.0, 0.0, 0.0);
        for two in run.windows(2) {
            let days = days_between(two[0].day, two[1].day) / packs.of(&two[0]);
            used += days;
            logs += days.ln();
            log_squares += days.ln().powi(2);
        }
        Some(Self {
            customer: last.customer,
            item: last.item,
            times: u32::try_from(run.len()).unwrap_or(u32::MAX),
            used,
            logs,
            log_squares,
            last_day: last.day,
            packs: packs.of(last),
            elapsed: days_between(last.day, today),
        })
    }

    /// Finished intervals: k - 1.
    pub fn intervals(&self) -> f64 {
        f64::from(self.times - 1)
    }

    /// Days per pack under observation: the finished intervals and the open one.
    pub fn exposure(&self) -> f64 {
        self.used + self.elapsed / self.packs
    }
}

fn days_between(from: i32, to: i32) -> f64 {
    f64::from(to) - f64::from(from)
}

/// All pairs as of a day, from what was bought before it, by customer and item.
pub fn pairs(log: &Log, today: i32, packs: Packs) -> Vec<Pair> {
    log.runs()
        .filter_map(|run| {
            let known = run.partition_point(|line| line.day < today);
            Pair::new(&run[..known], today, packs)
        })
        .collect()
}
