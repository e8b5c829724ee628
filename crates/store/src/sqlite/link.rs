//! A connection with its settings and the texts it knows.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OpenFlags};

use super::error::failure;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::insert::Insert;
use crate::tx::Failure;
use crate::{Error, Result, sql};

/// Prepared statements kept per connection.
const STATEMENTS: usize = 512;

/// How long a statement waits for another process (a command beside the server, a backup tool).
const BUSY: Duration = Duration::from_secs(10);

/// KiB of page cache of the writer and of each reader; negative is SQLite's way of saying KiB.
const WRITER_CACHE: i64 = -64 * 1024;
const READER_CACHE: i64 = -8 * 1024;

/// A write-ahead log larger than this is cut back as soon as readers allow it.
pub(super) const LOG_BYTES: u64 = 64 * 1024 * 1024;

/// A connection.
pub(crate) struct Link {
    pub(super) connection: Connection,
    pub(super) clock: Clock,
    /// From the portable text to SQLite's.
    texts: Cache<Box<str>, Arc<str>>,
    inserts: Cache<Insert, Arc<str>>,
}

impl Link {
    pub(super) fn new(connection: Connection, clock: Clock) -> Result<Self> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.busy_timeout(BUSY).map_err(trouble)?;
        rusqlite::vtab::array::load_module(&connection).map_err(trouble)?;
        // A plan follows from the text alone; else a statement is planned anew whenever a bound value changes.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(trouble)?;
        Ok(Self { connection, clock, texts: Cache::new(4 * STATEMENTS), inserts: Cache::new(STATEMENTS) })
    }

    /// The prepared statement for a portable text.
    pub(super) fn statement(&mut self, text: &str) -> Result<CachedStatement<'_>, Failure> {
        let rewritten = match self.texts.get(text) {
            Some(known) => Arc::clone(known),
            None => {
                let rewritten: Arc<str> = sql::for_sqlite(text).into();
                self.texts.insert(text.into(), Arc::clone(&rewritten));
                rewritten
            }
        };
        self.connection.prepare_cached(&rewritten).map_err(|error| failure(error, text))
    }

    /// The prepared single-row statement of an insert.
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<CachedStatement<'_>, Failure> {
        let text = match self.inserts.get(insert) {
            Some(known) => Arc::clone(known),
            None => {
                let text: Arc<str> = sql::for_sqlite(&insert.single()).into();
                self.inserts.insert(*insert, Arc::clone(&text));
                text
            }
        };
        self.connection.prepare_cached(&text).map_err(|error| failure(error, &text))
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Begins a read transaction that sees the database as it is now, until the connection is closed.
    pub(crate) fn hold_snapshot(&self) -> Result<()> {
        self.connection.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1;").map_err(trouble)
    }

    /// Runs BEGIN, SAVEPOINT, COMMIT and the like.
    pub(super) fn control(&self, text: &str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(text)?.raw_execute().map(drop)
    }

    /// Undoes whatever transaction is open.
    pub(super) fn undo(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.control("ROLLBACK")
        {
            tracing::error!(%error, "ROLLBACK failed");
        }
    }
}

/// The writing connection: durable, and with the settings asserted.
pub(super) fn writing(path: &Path, clock: Clock) -> Result<Link> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(trouble)?;
    let link = Link::new(connection, clock)?;
    let set = |name: &str, value: &dyn rusqlite::ToSql| {
        link.connection.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(silent)
    };
    set("journal_mode", &"WAL").map_err(trouble)?;
    set("synchronous", &"FULL").map_err(trouble)?;
    set("foreign_keys", &true).map_err(trouble)?;
    set("temp_store", &"MEMORY").map_err(trouble)?;
    set("cache_size", &WRITER_CACHE).map_err(trouble)?;
    // A thread beside the writer does it.
    set("wal_autocheckpoint", &0).map_err(trouble)?;
    assert_durable(&link.connection)?;
    Ok(link)
}

/// A connection that cannot write.
pub(crate) fn reading(path: &Path, clock: Clock) -> Result<Link> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(trouble)?;
    let link = Link::new(connection, clock)?;
    for (name, value) in [("cache_size", READER_CACHE), ("query_only", 1)] {
        link.connection.pragma_update(None, name, value).map_err(trouble)?;
    }
    link.connection.pragma_update(None, "temp_store", "MEMORY").map_err(trouble)?;
    Ok(link)
}

/// `foreign_keys` and the like give no row back.
fn silent(error: rusqlite::Error) -> rusqlite::Result<()> {
    match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(error),
    }
}

/// What was answered must survive a power cut: write-ahead log, synchronised at every COMMIT.
fn assert_durable(connection: &Connection) -> Result<()> {
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(trouble)?;
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0)).map_err(trouble)?;
    if journal.eq_ignore_ascii_case("wal") && synchronous == 2 {
        return Ok(());
    }
    Err(Error::Config {
        reason: format!(
            "SQLite did not take its durable settings (journal_mode={journal}, synchronous={synchronous}); is the \
             database on a network file system?"
        ),
    })
}

/// An error outside a closure.
pub(crate) fn trouble(error: rusqlite::Error) -> Error {
    failure(error, "(opening)").error
}
