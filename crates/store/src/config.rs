//! Where the database is and how many connections it gets.

use std::fmt;
use std::path::PathBuf;

use crate::{Error, Result};

/// Which engine a store runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// In-process, one file.
    Sqlite,
    /// A server.
    Postgres,
}

/// Where the database is.
#[derive(Clone)]
pub enum Url {
    /// A file; made when it does not exist. Its folder must exist.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A server.
    Postgres {
        /// `postgres://user:password@host/database?sslmode=…`. A secret: never printed.
        url: String,
    },
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Url::Sqlite { path } => f.debug_struct("Sqlite").field("path", path).finish(),
            Url::Postgres { .. } => f.debug_struct("Postgres").finish_non_exhaustive(),
        }
    }
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the database is.
    pub url: Url,
    /// Threads for [`crate::Store::read`], each with a connection of its own; at most 4 on SQLite (8 MiB of cache each).
    pub readers: usize,
    /// Threads for writes on PostgreSQL, each with a connection of its own. SQLite always has exactly one.
    pub writers: usize,
    /// How many jobs of one kind may wait; a further one waits for its place.
    pub queue: usize,
}

impl Config {
    /// A database in the file `path`.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self::new(Url::Sqlite { path: path.into() })
    }

    /// A database on a PostgreSQL server.
    ///
    /// # Errors
    /// [`Error::Config`] when `url` is not an address of PostgreSQL.
    pub fn postgres(url: &str) -> Result<Self> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(Error::Config { reason: "DATABASE_URL must begin with postgres:// or postgresql://".into() });
        }
        crate::postgres::address(url)?;
        Ok(Self::new(Url::Postgres { url: url.to_owned() }))
    }

    fn new(url: Url) -> Self {
        Self { url, readers: 4, writers: 8, queue: 20_000 }
    }
}
