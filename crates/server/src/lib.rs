//! HTTP: admin API, webhooks, redirects, the built pages.
//!
//! Everything a caller sends is checked here and handed to the engine; nothing is decided here. Errors leave as
//! problem documents (`error`), permission is an extractor ([`auth::Require`]), and every staff write stands in the
//! audit log in its own transaction.

#![allow(unused_qualifications, reason = "utoipa's macros write them")]

pub mod api;
mod app;
mod asset;
pub mod auth;
mod config;
pub mod error;
mod http;
mod idempotency;
mod link;
mod live;
mod log;
mod ops;
mod pages;
mod serve;
mod webhook;

/// All statements of this crate, for the test that prepares them on both stores.
pub mod statements {
    pub use crate::idempotency::STATEMENTS as IDEMPOTENCY;
    pub use crate::live::STATEMENTS as LIVE;
}

pub use app::App;
pub use config::{Config, TrustedProxies};
pub use ops::install_metrics;
pub use serve::{Server, serve};
