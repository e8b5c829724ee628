//! The CRM itself, one module per capability, hung on the one way:
//! event → react → outbox → guard → request → deliver (see ARCHITECTURE.md).
//!
//! A capability is a folder that reads the same everywhere: `mod.rs` (what it is, its types),
//! `decide.rs` (pure rules and their tests), `db.rs` (its SQL; nobody else's tables).

pub mod action;
pub mod clock;
pub mod contact;
pub mod delivery;
pub mod event;
pub mod ids;
