//! What was bought: one sorted log of customer, item, day and packs, from which `replenish` and `recommend` learn.

mod log;

pub use log::{Line, Log, LogError};
