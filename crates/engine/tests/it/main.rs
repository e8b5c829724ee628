//! Invariants of the engine that hold over all its files.

mod statements;
