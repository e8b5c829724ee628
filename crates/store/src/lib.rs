//! Connections, transactions, migrations, batches and leases, for SQLite and PostgreSQL; the only crate that names a database driver.
//!
//! ```text
//!  Store::write(closure) ──► queue (first lane, ordinary lane) ──► writer thread
//!                                                                   SQLite: one; groups of closures share a COMMIT,
//!                                                                           each in its own savepoint
//!                                                                   PostgreSQL: `writers`; one transaction each
//!  Store::read(closure)  ──► queue ──► `readers` threads, each with a read-only connection or transaction
//! ```
//!
//! Closures are synchronous and may run more than once. Nobody is answered before COMMIT; a future dropped after its
//! closure was queued cancels nothing.

mod backup;
mod cache;
mod clock;
mod config;
mod error;
mod hint;
mod insert;
mod job;
pub mod lease;
mod migrate;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod stats;
mod store;
#[cfg(feature = "test-support")]
pub mod testing;
mod tx;
mod value;

pub use config::{Config, Dialect, Url};
pub use error::{ConstraintKind, Error, Result};
pub use hint::{Hint, Hints};
pub use insert::Insert;
pub use migrate::Migration;
pub use row::{Cell, FromColumn, Row};
pub use stats::{COMMIT_BUCKETS_MS, GROUP_BUCKETS, Stats};
pub use store::{Footprint, Store};
pub use tx::Tx;
pub use value::{IntoParams, Value};
