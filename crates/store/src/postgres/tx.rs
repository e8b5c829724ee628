//! Statements on a PostgreSQL connection.

use futures::future::join_all;
use tokio::runtime::Runtime;
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::link::{Live, round_trip};
use crate::Error;
use crate::error::head;
use crate::insert::Insert;
use crate::row::Row;
use crate::tx::Failure;
use crate::value::{IntoParams, Value};

/// Rows per INSERT … UNNEST.
const INSERT_ROWS: usize = 5_000;

/// Executions sent before the first answer is awaited.
const PIPELINE: usize = 500;

/// Milliseconds, going on inside a transaction.
pub(super) const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint)";

type Parameters<'v> = Vec<&'v (dyn ToSql + Sync)>;

/// The PostgreSQL side of [`crate::Tx`].
pub(crate) struct PostgresTx<'c> {
    runtime: &'c Runtime,
    live: &'c mut Live,
    /// Not sent yet: it goes out together with the first statement.
    begin: Option<&'static str>,
}

impl<'c> PostgresTx<'c> {
    pub(super) fn new(runtime: &'c Runtime, live: &'c mut Live, begin: &'static str) -> Self {
        Self { runtime, live, begin: Some(begin) }
    }

    /// Whether anything has been sent.
    pub(crate) fn has_begun(&self) -> bool {
        self.begin.is_none()
    }

    pub(crate) fn now_ms(&mut self) -> Result<i64, Failure> {
        let mut now = None;
        self.query(NOW, &[], &mut |row| {
            now = row.get(0).ok();
            false
        })?;
        now.ok_or_else(|| Failure::statement(Error::NoRow { sql_head: head(NOW) }))
    }

    pub(crate) fn prepare(&mut self, sql: &str) -> Result<(), Failure> {
        self.statement(sql).map(drop)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value<'_>]) -> Result<u64, Failure> {
        let statement = self.statement(sql)?;
        let params = parameters(&statement, sql, params)?;
        let Self { runtime, live, begin } = self;
        round_trip(runtime, &live.client, begin, sql, live.client.execute(&statement, &params))
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        params: &[Value<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> bool,
    ) -> Result<(), Failure> {
        let statement = self.statement(sql)?;
        let params = parameters(&statement, sql, params)?;
        let Self { runtime, live, begin } = self;
        let rows = round_trip(runtime, &live.client, begin, sql, live.client.query(&statement, &params))?;
        // Every row is looked at until one is refused.
        let _ = rows.iter().all(|row| visit(&Row::postgres(row)));
        Ok(())
    }

    pub(crate) fn insert_many<R: IntoParams>(
        &mut self,
        insert: &Insert,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<u64, Failure> {
        let mut rows = rows.into_iter();
        let mut changed = 0;
        loop {
            let chunk: Vec<R> = rows.by_ref().take(INSERT_ROWS).collect();
            if chunk.is_empty() {
                return Ok(changed);
            }
            let chunk: Vec<&[Value<'_>]> = chunk.iter().map(IntoParams::params).collect();
            changed += self.insert_chunk(insert, &chunk)?;
        }
    }

    fn insert_chunk(&mut self, insert: &Insert, rows: &[&[Value<'_>]]) -> Result<u64, Failure> {
        let expected = insert.columns.len();
        if let Some(row) = rows.iter().find(|row| row.len() != expected) {
            return Err(miscounted(expected, row.len(), insert.table));
        }
        let statement = self.insert_statement(insert)?;
        let columns: Vec<Vec<&Value<'_>>> = (0..expected).map(|column| rows.iter().map(|row| &row[column]).collect()).collect();
        let params: Parameters<'_> = columns.iter().map(|column| column as _).collect();
        let Self { runtime, live, begin } = self;
        round_trip(runtime, &live.client, begin, insert.table, live.client.execute(&statement, &params))
    }

    pub(crate) fn execute_many<R: IntoParams>(&mut self, sql: &str, rows: impl IntoIterator<Item = R>) -> Result<u64, Failure> {
        let mut rows = rows.into_iter();
        let mut changed = 0;
        loop {
            let chunk: Vec<R> = rows.by_ref().take(PIPELINE).collect();
            if chunk.is_empty() {
                return Ok(changed);
            }
            changed += self.execute_chunk(sql, &chunk)?;
        }
    }

    fn execute_chunk<R: IntoParams>(&mut self, sql: &str, rows: &[R]) -> Result<u64, Failure> {
        let statement = self.statement(sql)?;
        let params: Vec<Parameters<'_>> =
            rows.iter().map(|row| parameters(&statement, sql, row.params())).collect::<Result<_, _>>()?;
        let Self { runtime, live, begin } = self;
        let client = &live.client;
        // Each is sent when first polled, which happens in order. The first error is the cause of all later ones.
        let all = async {
            let sent = params.iter().map(|params| client.execute(&statement, params));
            join_all(sent).await.into_iter().sum::<Result<u64, _>>()
        };
        round_trip(runtime, client, begin, sql, all)
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, Failure> {
        if let Some(known) = self.live.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.prepare_now(sql)?;
        self.live.statements.insert(sql.into(), statement.clone());
        Ok(statement)
    }

    /// The column types are those the server infers for a single-row insert.
    fn insert_statement(&mut self, insert: &Insert) -> Result<Statement, Failure> {
        if let Some(known) = self.live.inserts.get(insert) {
            return Ok(known.clone());
        }
        let single = self.prepare_now(&insert.single())?;
        let types: Vec<String> = single.params().iter().map(|ty| ty.name().to_owned()).collect();
        let statement = self.prepare_now(&insert.unnest(&types))?;
        self.live.inserts.insert(*insert, statement.clone());
        Ok(statement)
    }

    fn prepare_now(&mut self, sql: &str) -> Result<Statement, Failure> {
        let Self { runtime, live, begin } = self;
        round_trip(runtime, &live.client, begin, sql, live.client.prepare(sql))
    }
}

/// The driver panics at a wrong number of parameters; this does not.
fn parameters<'v>(statement: &Statement, sql: &str, params: &'v [Value<'_>]) -> Result<Parameters<'v>, Failure> {
    let expected = statement.params().len();
    if expected != params.len() {
        return Err(miscounted(expected, params.len(), sql));
    }
    Ok(params.iter().map(|value| value as _).collect())
}

fn miscounted(expected: usize, given: usize, sql: &str) -> Failure {
    Failure::statement(Error::Params { expected, given, sql_head: head(sql) })
}
