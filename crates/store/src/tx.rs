//! The one transaction type that closures see.

use crate::insert::Insert;
use crate::postgres::PostgresTx;
use crate::row::Row;
use crate::sqlite::SqliteTx;
use crate::value::{IntoParams, Value};
use crate::{Dialect, Error, Result};

/// A transaction. Everything on it is synchronous; it lives inside a closure given to [`crate::Store::write`] or
/// [`crate::Store::read`] and must see no network call but the database's.
///
/// SQL is one text for both engines: `$n` placeholders, `= ANY($n)` and `<> ALL($n)` for lists.
///
/// **A statement that fails dooms its transaction**: nothing of it is kept, whatever the closure returns. Where a
/// conflict is expected, say `ON CONFLICT`.
pub struct Tx<'c> {
    engine: Engine<'c>,
    doom: Option<Doom>,
}

pub(crate) enum Engine<'c> {
    Sqlite(SqliteTx<'c>),
    Postgres(PostgresTx<'c>),
}

/// Why nothing of a transaction can be kept.
#[derive(Debug, Clone)]
pub(crate) struct Doom {
    pub(crate) cause: Cause,
    first: String,
}

/// Whose fault a failed statement is; decides who else is affected and what is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The statement's own: a constraint, a mistake.
    Statement,
    /// The store's: disk full, input/output, busy, damaged.
    Store,
    /// The connection is gone.
    Connection,
    /// A serialization failure or deadlock; the same closure may pass next time.
    Conflict,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(engine: Engine<'c>) -> Self {
        Self { engine, doom: None }
    }

    pub(crate) fn cause(&self) -> Option<Cause> {
        self.doom.as_ref().map(|doom| doom.cause)
    }

    pub(crate) fn doomed(&self) -> Option<Error> {
        self.doom.as_ref().map(|doom| Error::Doomed { first: doom.first.clone() })
    }

    /// Whether the server has seen anything of it; SQLite always has.
    pub(crate) fn has_begun(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(_) => true,
            Engine::Postgres(tx) => tx.has_begun(),
        }
    }

    /// Which engine this runs on, for the few texts that cannot be one.
    pub fn dialect(&self) -> Dialect {
        match self.engine {
            Engine::Sqlite(_) => Dialect::Sqlite,
            Engine::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement without an answer; returns the number of rows changed.
    ///
    /// # Errors
    /// Any of [`Error`]; the transaction is doomed then.
    pub fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64> {
        self.run(|engine| match engine {
            Engine::Sqlite(tx) => tx.execute(sql, params),
            Engine::Postgres(tx) => tx.execute(sql, params),
        })
    }

    /// Runs a query and maps every row.
    ///
    /// # Errors
    /// Those of the statement, which doom the transaction, and those of `map`, which do not.
    pub fn query<T>(&mut self, sql: &str, params: &[Value<'_>], mut map: impl FnMut(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(sql, params, &mut |row| {
            rows.push(map(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a query whose answer has at most one row.
    ///
    /// # Errors
    /// As [`Tx::query`]; [`Error::TooManyRows`] at a second row.
    pub fn query_opt<T>(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.each(sql, params, &mut |row| {
            if found.is_some() {
                return Err(Error::TooManyRows { sql_head: crate::error::head(sql) });
            }
            found = Some(map(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs a query whose answer has exactly one row.
    ///
    /// # Errors
    /// As [`Tx::query_opt`]; [`Error::NoRow`] when there is none.
    pub fn query_one<T>(&mut self, sql: &str, params: &[Value<'_>], map: impl FnMut(&Row<'_>) -> Result<T>) -> Result<T> {
        self.query_opt(sql, params, map)?.ok_or_else(|| Error::NoRow { sql_head: crate::error::head(sql) })
    }

    /// Inserts many rows; returns how many were inserted or updated.
    ///
    /// SQLite steps one prepared statement per row; PostgreSQL takes chunks of 5,000 rows as arrays.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn insert_many<R: IntoParams>(&mut self, insert: &Insert, rows: impl IntoIterator<Item = R>) -> Result<u64> {
        self.run(|engine| match engine {
            Engine::Sqlite(tx) => tx.insert_many(insert, rows),
            Engine::Postgres(tx) => tx.insert_many(insert, rows),
        })
    }

    /// Runs the same statement for many rows of parameters, in their order; returns the sum of rows changed.
    ///
    /// PostgreSQL is sent all of a chunk before its first answer is awaited.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn execute_many<R: IntoParams>(&mut self, sql: &str, rows: impl IntoIterator<Item = R>) -> Result<u64> {
        self.run(|engine| match engine {
            Engine::Sqlite(tx) => tx.execute_many(sql, rows),
            Engine::Postgres(tx) => tx.execute_many(sql, rows),
        })
    }

    /// The database's time in Unix milliseconds, for leases. It goes on inside a transaction, and on SQLite it never
    /// goes back while the program runs.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn now_ms(&mut self) -> Result<i64> {
        self.run(|engine| match engine {
            Engine::Sqlite(tx) => Ok(tx.now_ms()),
            Engine::Postgres(tx) => tx.now_ms(),
        })
    }

    /// Prepares a statement without running it.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub fn prepare(&mut self, sql: &str) -> Result<()> {
        self.run(|engine| match engine {
            Engine::Sqlite(tx) => tx.prepare(sql),
            Engine::Postgres(tx) => tx.prepare(sql),
        })
    }

    fn each(&mut self, sql: &str, params: &[Value<'_>], visit: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
        // An error of the visitor is not the database's and dooms nothing.
        let mut refused = None;
        let mut visit = |row: &Row<'_>| match visit(row) {
            Ok(()) => true,
            Err(error) => {
                refused = Some(error);
                false
            }
        };
        self.run(|engine| match engine {
            Engine::Sqlite(tx) => tx.query(sql, params, &mut visit),
            Engine::Postgres(tx) => tx.query(sql, params, &mut visit),
        })?;
        refused.map_or(Ok(()), Err)
    }

    fn run<T>(&mut self, statement: impl FnOnce(&mut Engine<'c>) -> Result<T, Failure>) -> Result<T> {
        if let Some(doomed) = self.doomed() {
            return Err(doomed);
        }
        statement(&mut self.engine).map_err(|failure| {
            self.doom = Some(Doom { cause: failure.cause, first: failure.error.to_string() });
            failure.error
        })
    }
}

/// A failed statement and whose fault it is.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    pub(crate) error: Error,
}

impl Failure {
    pub(crate) fn statement(error: Error) -> Self {
        Self { cause: Cause::Statement, error }
    }
}
