//! Fresh databases for tests of this and other crates, on both engines.
//!
//! PostgreSQL comes from `TEST_DATABASE_URL` (its user must be allowed to make databases), or else from a throw-away
//! cluster that the tests start themselves and share, found in PATH or below `/usr/lib/postgresql`. Where there is
//! neither, the PostgreSQL half of a test is skipped with a loud line, unless `ENISHI_REQUIRE_PG=1`.

mod binaries;
mod cluster;
mod database;
mod shared;

use std::collections::BTreeMap;

pub use cluster::PrivateCluster;
pub use database::Database;

use crate::{Dialect, Error, Migration, Result, Store, Value};

/// A fresh, migrated database on each engine that is there.
pub fn databases(migrations: &[Migration]) -> Vec<Database> {
    [Some(Database::sqlite()), Database::postgres(migrations)].into_iter().flatten().collect()
}

/// Runs a test once per engine, each with a fresh, migrated database and its open store.
pub async fn both(migrations: &[Migration], mut test: impl AsyncFnMut(Database, Store)) {
    for database in databases(migrations) {
        let store = database.open(migrations);
        test(database, store).await;
    }
}

/// Prepares every statement on both engines; returns a line for each that does not prepare.
pub async fn prepares<S: AsRef<str>>(migrations: &[Migration], statements: impl IntoIterator<Item = S>) -> Vec<String> {
    let statements: Vec<String> = statements.into_iter().map(|sql| sql.as_ref().to_owned()).collect();
    let mut refused = Vec::new();
    for database in databases(migrations) {
        let store = database.open(migrations);
        for sql in &statements {
            let text = sql.clone();
            if let Err(error) = store.write::<_, Error>(move |tx| tx.prepare(&text)).await {
                let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                refused.push(format!("{:?}: {error}: {source}\n    {sql}", store.dialect()));
            }
        }
        store.close().await;
    }
    refused
}

/// How SQLite goes about each statement: the lines of its query plan.
///
/// # Errors
/// Those of the database.
pub async fn plans(migrations: &[Migration], statements: Vec<String>) -> Result<Vec<(String, Vec<String>)>> {
    let store = Database::sqlite().open(migrations);
    let plans = store
        .write::<_, Error>(move |tx| {
            statements
                .iter()
                .map(|sql| {
                    let given = vec![Value::Null; placeholders(sql)];
                    let lines = tx.query(&format!("EXPLAIN QUERY PLAN {sql}"), &given, |row| row.get(3))?;
                    Ok((sql.clone(), lines))
                })
                .collect()
        })
        .await;
    store.close().await;
    plans
}

/// The highest `$n` of a statement.
fn placeholders(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    numbers.filter_map(|digits| digits.parse().ok()).max().unwrap_or(0)
}

/// The columns of every table, in order, as the database has them.
///
/// # Errors
/// Those of the query.
pub async fn schema(store: &Store) -> Result<BTreeMap<String, Vec<String>>> {
    let sql = match store.dialect() {
        Dialect::Sqlite => {
            "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c \
             WHERE t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY t.name, c.cid"
        }
        Dialect::Postgres => {
            "SELECT t.relname, c.attname FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid \
             WHERE t.relkind IN ('r', 'p') AND t.relnamespace = to_regnamespace('public') AND c.attnum > 0 \
             AND NOT c.attisdropped ORDER BY t.relname, c.attnum"
        }
    };
    let columns =
        store.read::<_, Error>(move |tx| tx.query(sql, &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))).await?;
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns {
        tables.entry(table).or_default().push(column);
    }
    Ok(tables)
}
