//! The crate from outside: events in, limits, and calls over real connections.

mod calls;
mod conformance;
mod limits;
mod outcomes;
mod server;
mod tokens;
mod webhook;
