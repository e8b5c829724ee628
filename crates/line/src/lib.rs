//! The LINE Platform as types: messages, actions, webhook events, signature, clients, limits and validation. Knows nothing of Enishi.
//!
//! - [`signature`]: is this webhook from LINE? HMAC over the raw bytes, several secrets at once
//!   while one is being replaced.
//! - [`webhook`]: the events in it. Unknown ones and broken ones stay, with their JSON, and never
//!   spoil their neighbours.
//! - [`message`]: everything that can be said, as types that lose nothing between JSON and JSON.
//! - [`validate`](mod@validate): would LINE take it? Every documented limit, counted as LINE
//!   counts, with the path of the field and a sentence in Japanese and English.
//! - [`body`]: the bytes of a send, fixed before the call, so that a repeat is the same bytes.
//! - [`client`]: the calls. A send ends in an [`Outcome`](client::Outcome) that says what may be
//!   done next; everything else in an answer or a [`CallError`](client::CallError).
//! - [`token`]: a channel's access token, issued and renewed by itself or kept.
//! - [`id_token`]: who logged in, proven offline, by the kind of channel.
//! - [`endpoint`] and [`limits`]: LINE's calls, rates and limits as data.
//!
//! Nothing here waits, repeats, draws random numbers or reads a clock; times and keys come from
//! the caller.

pub mod body;
pub mod client;
pub mod endpoint;
pub mod id_token;
mod json;
pub mod limits;
pub mod message;
pub mod signature;
pub mod token;
pub mod validate;
pub mod webhook;

pub use json::Extra;
