//! The mathematics of lifetime value: who buys again, what a message caused, whom to send to. Pure: no I/O, no clock, no
//! database.

pub mod describe;
pub mod experiment;
pub mod goods;
mod numeric;
pub mod purchase;
pub mod recommend;
pub mod replenish;
pub mod synth;
pub mod uplift;

/// The README's examples, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
