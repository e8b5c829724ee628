//! Statements on a SQLite connection.

use rusqlite::CachedStatement;

use super::error::failure;
use super::link::Link;
use crate::Error;
use crate::error::head;
use crate::insert::Insert;
use crate::row::Row;
use crate::tx::Failure;
use crate::value::{IntoParams, Value};

/// The SQLite side of [`crate::Tx`].
pub(crate) struct SqliteTx<'c> {
    link: &'c mut Link,
}

impl<'c> SqliteTx<'c> {
    pub(crate) fn new(link: &'c mut Link) -> Self {
        Self { link }
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.link.clock.now_ms()
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Result<(), Failure> {
        self.link.statement(sql).map(drop)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, Failure> {
        let mut statement = self.link.statement(sql)?;
        step(&mut statement, sql, params)
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> bool,
    ) -> Result<(), Failure> {
        let mut statement = self.link.statement(sql)?;
        bind(&mut statement, sql, params)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|error| failure(error, sql))? {
            if !visit(&Row::sqlite(row)) {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn insert_many<R: IntoParams>(
        &mut self,
        insert: &Insert,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Failure> {
        let mut statement = self.link.insert(insert)?;
        step_all(&mut statement, insert.table, rows)
    }

    pub(crate) fn execute_many<R: IntoParams>(&mut self, sql: &str, rows: impl IntoIterator<Item = R>) -> Result<u64, Failure> {
        let mut statement = self.link.statement(sql)?;
        step_all(&mut statement, sql, rows)
    }
}

fn step_all<R: IntoParams>(
    statement: &mut CachedStatement<'_>,
    sql: &str,
    rows: impl IntoIterator<Item = R>,
) -> Result<u64, Failure> {
    let mut changed = 0;
    for row in rows {
        changed += step(statement, sql, row.params())?;
    }
    Ok(changed)
}

fn step(statement: &mut CachedStatement<'_>, sql: &str, params: &[Value<'_>]) -> Result<u64, Failure> {
    bind(statement, sql, params)?;
    let changed = statement.raw_execute().map_err(|error| failure(error, sql))?;
    Ok(changed as u64)
}

fn bind(statement: &mut CachedStatement<'_>, sql: &str, params: &[Value<'_>]) -> Result<(), Failure> {
    let expected = statement.parameter_count();
    if expected != params.len() {
        return Err(Failure::statement(Error::Params { expected, given: params.len(), sql_head: head(sql) }));
    }
    for (index, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, value).map_err(|error| failure(error, sql))?;
    }
    Ok(())
}
