//! The CRM itself, one module per capability, hung on the one way:
//! event → react → outbox → guard → request → deliver (see ARCHITECTURE.md).
//!
//! A capability is a folder that reads the same everywhere: `mod.rs` (what it is, its types),
//! `decide.rs` (pure rules and their tests), `db.rs` (its SQL; nobody else's tables).

pub mod access;
pub mod action;
pub mod asset;
pub mod backup;
pub mod broadcast;
pub mod bulk;
pub mod clock;
mod column;
pub mod contact;
pub mod conversation;
pub mod coupon;
pub mod crash;
pub mod delivery;
pub mod engine;
mod error;
pub mod event;
pub mod files;
pub mod ids;
pub mod insight;
pub mod journey;
pub mod link;
pub mod notice;
pub mod problem;
pub mod react;
pub mod reception;
pub mod rule;
pub mod runtime;
pub mod schema;
pub mod segment;
pub mod takeout;
pub mod task;
pub mod template;
pub mod text;
pub mod vocabulary;
pub mod workspace;

pub use engine::Engine;
pub use error::{Error, Result};
