//! The laws and the published figures this crate is held to.

mod describe;
mod experiment;
mod purchase;
mod recommend;
mod replenish;
mod synth;
mod uplift;
