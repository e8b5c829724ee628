//! SQLite, in-process: one writer thread, up to four readers.

mod bind;
mod checkpoint;
mod error;
mod gate;
mod link;
mod open;
mod reader;
mod tx;
mod upkeep;
mod writer;

pub(crate) use bind::cell;
pub(crate) use link::{reading, trouble};
pub(crate) use open::{Tenure, open};
pub(crate) use tx::SqliteTx;
