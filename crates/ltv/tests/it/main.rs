//! The laws and the published figures this crate is held to.

mod experiment;
mod recommend;
mod replenish;
mod synth;
mod uplift;
//! The mathematics against published figures, laws and hard cases.

mod describe;
mod purchase;
