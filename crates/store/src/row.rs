//! Rows of answers.

use tokio_postgres::Row as PostgresRow;
use uuid::Uuid;

use crate::{Error, Result, postgres, sqlite};

/// One row of an answer, valid inside the mapping closure.
pub struct Row<'r>(Kind<'r>);

enum Kind<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r PostgresRow),
}

/// The content of one column before it becomes a Rust type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'r> {
    /// NULL.
    Null,
    /// Any integer or truth value.
    Int(i64),
    /// A floating-point number, or a `numeric` with a fraction.
    Real(f64),
    /// Text.
    Text(&'r str),
    /// Bytes; on SQLite ids too.
    Bytes(&'r [u8]),
    /// A `uuid` of PostgreSQL.
    Id(Uuid),
    /// A type that this crate does not read.
    Other,
}

impl Cell<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Cell::Null => "NULL",
            Cell::Int(_) => "an integer",
            Cell::Real(_) => "a real number",
            Cell::Text(_) => "text",
            Cell::Bytes(_) => "bytes",
            Cell::Id(_) => "an id",
            Cell::Other => "a type not supported here",
        }
    }
}

/// A Rust type that can be read from a column.
pub trait FromColumn: Sized {
    /// `None` when the cell holds something else, which becomes [`Error::Column`].
    fn from_column(cell: Cell<'_>) -> Option<Self>;
}

impl<'r> Row<'r> {
    pub(crate) fn sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Row(Kind::Sqlite(row))
    }

    pub(crate) fn postgres(row: &'r PostgresRow) -> Self {
        Row(Kind::Postgres(row))
    }

    /// Reads column `index` (zero-based).
    ///
    /// # Errors
    /// [`Error::Column`] when there is no such column or it holds another type.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T> {
        let cell = match self.0 {
            Kind::Sqlite(row) => sqlite::cell(row, index),
            Kind::Postgres(row) => postgres::cell(row, index),
        };
        cell.and_then(T::from_column).ok_or_else(|| Error::Column {
            index,
            name: self.name(index),
            wanted: std::any::type_name::<T>(),
            found: cell.map_or("no such column", |cell| cell.kind()),
        })
    }

    fn name(&self, index: usize) -> String {
        let name = match self.0 {
            Kind::Sqlite(row) => row.as_ref().column_name(index).ok(),
            Kind::Postgres(row) => row.columns().get(index).map(|column| column.name()),
        };
        name.unwrap_or("?").to_owned()
    }
}

macro_rules! integer_columns {
    ($($integer:ty),+) => {$(
        impl FromColumn for $integer {
            fn from_column(cell: Cell<'_>) -> Option<Self> {
                match cell {
                    Cell::Int(value) => value.try_into().ok(),
                    _ => None,
                }
            }
        }
    )+};
}
integer_columns!(i64, i32, i16, u64, u32, u16, u8);

impl FromColumn for bool {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Int(0) => Some(false),
            Cell::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromColumn for f64 {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Real(value) => Some(value),
            // A sum or quotient may come as an integer on one engine and as a real on the other.
            Cell::Int(value) => Some(value as f64),
            _ => None,
        }
    }
}

impl FromColumn for String {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        }
    }
}

impl FromColumn for Box<str> {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Text(text) => Some(text.into()),
            _ => None,
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => Some(bytes.to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) => bytes.try_into().ok(),
            _ => None,
        }
    }
}

impl FromColumn for Uuid {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Id(id) => Some(id),
            Cell::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_column(cell).map(Some),
        }
    }
}
