mod apart;
mod cdnow;
mod laws;
mod made_up;
mod published;
mod recovered;
mod refused;
mod tested;

use ltv::purchase::{History, Spend};

/// A customer of the CDNOW sample.
pub struct Customer {
    pub history: History,
    pub spend: Option<Spend>,
}

/// `tests/data/cdnow_summary.csv`.
pub fn cdnow() -> Vec<Customer> {
    include_str!("../../data/cdnow_summary.csv").lines().skip(1).map(customer).collect()
}

pub fn histories() -> Vec<History> {
    cdnow().iter().map(|customer| customer.history).collect()
}

fn customer(line: &str) -> Customer {
    let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().expect("a number")).collect();
    let x = cells[1] as u32;
    Customer { history: History::new(x, cells[2], cells[3]).expect("a history"), spend: Spend::new(x, cells[4]) }
}

#[track_caller]
pub fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{found} instead of {wanted} ± {tolerance}");
}
