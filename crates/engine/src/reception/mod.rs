//! Where an account's webhooks go (受信): left with the old tool (送信のみ), to us with every body handed on (並走), or to
//! us alone (切替) – and back.
//!
//! LINE knows one address per account. Before ours is written there the old one is kept, and what is handed on keeps its
//! bytes and LINE's signature, so that the old tool cannot tell the difference.

pub mod db;
mod decide;
mod forward;

pub use decide::{AtLine, Plan, Wish, forward_to, plan, restore};
pub use forward::{check_address, keep, retry_failed};
pub(crate) use forward::{hand_on, tidy};

use serde::Serialize;

/// Where a channel's webhooks are handed on to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The old tool's address.
    pub url: String,
    /// Unix ms; `None`: until staff say otherwise.
    pub until: Option<i64>,
}

/// What became of a body that was to be handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ForwardState)]
pub enum State {
    /// Not taken yet; it is tried again.
    Waiting,
    /// The old tool took it.
    Done,
    /// Given up.
    Failed,
}
crate::column::column_words!(State { Waiting => "waiting", Done => "done", Failed => "failed" });
