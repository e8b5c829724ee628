//! The LINE Platform as types: messages, actions, webhook events, signature, clients, limits and validation. Knows nothing of Enishi.
//!
//! - [`signature`]: is this webhook from LINE? HMAC over the raw bytes, several secrets at once.
//! - [`webhook`]: the events in it; unknown ones and broken ones stay, with their JSON.
//! - [`message`]: everything that can be said, without loss from JSON to types and back.

mod json;
pub mod message;
pub mod signature;
pub mod webhook;

pub use json::Extra;
