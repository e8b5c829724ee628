//! What goes in comes out, on both engines.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use store::testing::databases;
use store::{Error, Insert, Migration, params};
use uuid::Uuid;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "every type",
    sql: "CREATE TABLE every (
            number {int} NOT NULL PRIMARY KEY, id {id}, int {int}, truth {int}, fraction {real}, words {text}, raw {bytes}
          ) {strict};",
}];

const EVERY: Insert =
    Insert { table: "every", columns: &["number", "id", "int", "truth", "fraction", "words", "raw"], conflict: "" };

type Every = (Option<Uuid>, Option<i64>, Option<bool>, Option<f64>, Option<String>, Option<Vec<u8>>);

/// No NaN (SQLite keeps it as NULL) and no NUL in text (PostgreSQL refuses it).
fn every() -> impl Strategy<Value = Every> {
    let fraction = any::<f64>().prop_filter("a number", |number| !number.is_nan());
    let words = any::<String>().prop_map(|text| text.replace('\0', ""));
    (
        any::<Option<u128>>().prop_map(|bits| bits.map(Uuid::from_u128)),
        any::<Option<i64>>(),
        any::<Option<bool>>(),
        proptest::option::of(fraction),
        proptest::option::of(words),
        any::<Option<Vec<u8>>>(),
    )
}

#[test]
fn every_value_survives_both_engines() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for database in databases(MIGRATIONS) {
        let store = database.open(MIGRATIONS);
        let mut runner = TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() });
        let law = runner.run(&proptest::collection::vec(every(), 1..40), |rows| {
            let written = rows.clone();
            let read = runtime
                .block_on(store.write::<_, Error>(move |tx| {
                    tx.execute("DELETE FROM every", &[])?;
                    tx.insert_many(&EVERY, written.iter().zip(0_i64..).map(row))?;
                    tx.query("SELECT id, int, truth, fraction, words, raw FROM every ORDER BY number", &[], |row| {
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
                    })
                }))
                .unwrap();
            prop_assert_eq!(read, rows);
            Ok(())
        });
        law.unwrap();
    }
}

fn row((every, number): (&Every, i64)) -> [store::Value<'_>; 7] {
    let (id, int, truth, fraction, words, raw) = every;
    params![number, id, int, *truth, fraction, words, raw]
}

#[test]
fn parameters_of_a_query_survive_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for database in databases(MIGRATIONS) {
        let store = database.open(MIGRATIONS);
        let mut runner = TestRunner::new(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() });
        let law = runner.run(&every(), |every| {
            let written = every.clone();
            let found = runtime
                .block_on(store.write::<_, Error>(move |tx| {
                    tx.execute("DELETE FROM every", &[])?;
                    let row = row((&written, 1));
                    tx.execute(&EVERY.single(), &row)?;
                    tx.query_one(
                        "SELECT COUNT(*) FROM every WHERE number = $1 AND (id = $2 OR id IS NULL) AND (int = $3 OR int IS NULL) \
                         AND (truth = $4 OR truth IS NULL) AND (fraction = $5 OR fraction IS NULL) \
                         AND (words = $6 OR words IS NULL) AND (raw = $7 OR raw IS NULL)",
                        &row,
                        |row| row.get::<i64>(0),
                    )
                }))
                .unwrap();
            prop_assert_eq!(found, 1, "{:?}", every);
            Ok(())
        });
        law.unwrap();
    }
}
