//! The laws and the published figures this crate is held to.

mod recommend;
mod replenish;
