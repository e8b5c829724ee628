//! Tests of the store, on both engines.

mod common;
mod crash;
mod groups;
mod hints;
mod leases;
mod opening;
mod outages;
mod statements;
mod types;
