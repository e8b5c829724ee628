//! What happened: RFM, cohorts, survival, the second order, where the value comes from.
//!
//! Days are numbers that count up by one; money is in one currency: whoever has several asks once for each.

mod cohort;
mod contribution;
mod rfm;
mod second;
mod survival;
mod window;

pub use cohort::{Cohort, cohorts};
pub use contribution::{Contribution, Factor, contributions};
pub use rfm::{Group, Rfm, Scored, rfm};
pub use second::{SecondOrder, second_order};
pub use survival::{Observation, Step, Survival, survival};
pub use window::{Customer, Entry, Factors, Window, factors};
