use crate::goods::{Line, Log};

/// Whether packs stretch time: what an interval in days is divided by. Convention of this crate, decided for a shop by
/// [`Packs::of_log`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packs {
    /// Days/packs: n packs last n times as long as one.
    #[default]
    Stretch,
    /// Days/1, a purchase is a purchase: for shops whose quantities are no measure of use (gifts, wholesale).
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

/// What is known of one customer and one item they bought, as of a day: d_i are the days from purchase i to the next divided by the
/// packs of purchase i ([`Packs`]), i = 1 … k − 1. Sufficient for the models of this module; derived here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The customer's number.
    pub customer: u32,
    /// The item's number.
    pub item: u32,
    /// k, days on which it was bought, at least 1.
    pub times: u32,
    /// Σ d_i, days per pack of the finished intervals.
    pub used: f64,
    /// Σ ln d_i.
    pub logs: f64,
    /// Σ (ln d_i)².
    pub log_squares: f64,
    /// The day number of the last purchase.
    pub last_day: i32,
    /// n, packs of the last purchase that stretch time, at least 1.
    pub packs: f64,
    /// as-of day − last day, days since the last purchase, above 0.
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

    /// k − 1, finished intervals.
    pub fn intervals(&self) -> f64 {
        f64::from(self.times - 1)
    }

    /// T = Σ d_i + elapsed/n, days per pack under observation: the finished intervals and the open one.
    pub fn exposure(&self) -> f64 {
        self.used + self.elapsed / self.packs
    }
}

fn days_between(from: i32, to: i32) -> f64 {
    f64::from(to) - f64::from(from)
}

/// All pairs as of a day, from the lines with day < `today`, by customer and item; pairs first bought later are left out.
pub fn pairs(log: &Log, today: i32, packs: Packs) -> Vec<Pair> {
    log.runs()
        .filter_map(|run| {
            let known = run.partition_point(|line| line.day < today);
            Pair::new(&run[..known], today, packs)
        })
        .collect()
}
