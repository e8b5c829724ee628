//! Webhooks: what a phone did becomes a signed request to the shop's server.

mod event;
mod sender;

pub use event::{Event, Outcome, events};
pub use sender::{Outbox, empty_call, sign};
