//! The outbox on both stores.
