//! Tables as people hand them over: CSV in UTF-8 (with or without BOM) or Shift_JIS, columns by name, every fault with its
//! line.

mod cell;
mod fault;
mod table;

use encoding_rs::{SHIFT_JIS, UTF_8};

pub use cell::{date, number};
pub use fault::{Fault, What};
pub use table::{Column, Row, Table};

/// How a file was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// What Excel in Japan writes (CP932).
    ShiftJis,
}

/// The text of a file: UTF-8 where it is UTF-8, else Shift_JIS.
pub fn decode(bytes: &[u8]) -> (String, Encoding) {
    let (text, _, broken) = UTF_8.decode(bytes);
    if broken { (SHIFT_JIS.decode(bytes).0.into_owned(), Encoding::ShiftJis) } else { (text.into_owned(), Encoding::Utf8) }
}
