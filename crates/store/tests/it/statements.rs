//! One text, two engines, the same answers.

use store::testing::{both, prepares};
use store::{ConstraintKind, Error, Insert, Store, Value, params};
use uuid::Uuid;

use crate::common::{MIGRATIONS, PEOPLE, add, id, names};

async fn write<T: Send + 'static>(
    store: &Store,
    f: impl FnMut(&mut store::Tx<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    store.write(f).await
}

#[tokio::test]
async fn many_rows_go_in_and_come_out() {
    both(MIGRATIONS, async |_database, store| {
        let ids: Vec<Uuid> = (0..12_345).map(|_| id()).collect();
        let all = ids.clone();
        let put = move |tx: &mut store::Tx<'_>| {
            tx.insert_many(&PEOPLE, all.iter().zip(0..).map(|(id, n)| params![id, format!("p{n:05}"), n as i64]))
        };
        assert_eq!(write(&store, put.clone()).await.unwrap(), 12_345);
        assert_eq!(write(&store, put).await.unwrap(), 0, "all conflict");
        let some = ids[10..13].to_vec();
        let found = store
            .read::<_, Error>(move |tx| {
                tx.query("SELECT id, age FROM people WHERE id = ANY($1) AND age <> $2 ORDER BY age", &params![&some, 11], |row| {
                    Ok((row.get::<Uuid>(0)?, row.get::<i64>(1)?))
                })
            })
            .await
            .unwrap();
        assert_eq!(found, [(ids[10], 10), (ids[12], 12)]);
    })
    .await;
}

#[tokio::test]
async fn no_rows_are_no_trouble() {
    both(MIGRATIONS, async |_database, store| {
        let none: Vec<[Value<'static>; 3]> = Vec::new();
        let changed = write(&store, move |tx| {
            let inserted = tx.insert_many(&PEOPLE, none.clone())?;
            let updated = tx.execute_many("UPDATE people SET name = $2 WHERE id = $1", none.clone())?;
            Ok(inserted + updated)
        });
        assert_eq!(changed.await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn one_statement_runs_for_many_rows_in_order() {
    both(MIGRATIONS, async |_database, store| {
        let who = id();
        let (changed, name) = write(&store, move |tx| {
            add(tx, who, "start")?;
            let rows = (0..1_234).map(|n| params![who, format!("step {n}")]);
            let changed = tx.execute_many("UPDATE people SET name = $2 WHERE id = $1", rows)?;
            Ok((changed, tx.query_one("SELECT name FROM people WHERE id = $1", &params![who], |row| row.get::<String>(0))?))
        })
        .await
        .unwrap();
        assert_eq!((changed, name.as_str()), (1_234, "step 1233"));
    })
    .await;
}

#[tokio::test]
async fn lists_are_parameters() {
    both(MIGRATIONS, async |_database, store| {
        write(&store, |tx| {
            let rows = [("ann", 1), ("bob", 2), ("cid", 3), ("日本", 4)];
            tx.insert_many(&PEOPLE, rows.map(|(name, age)| params![id(), name, age]))
        })
        .await
        .unwrap();
        let find = async |condition: &str, list: Value<'static>| -> Vec<String> {
            let sql = format!("SELECT name FROM people WHERE {condition} ORDER BY age");
            store.read::<_, Error>(move |tx| tx.query(&sql, std::slice::from_ref(&list), |row| row.get(0))).await.unwrap()
        };
        let texts = |list: &[&str]| Value::from(list.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(find("name = ANY($1)", texts(&["日本", "ann", "nobody"])).await, ["ann", "日本"]);
        assert_eq!(find("name <> ALL($1)", texts(&["日本", "ann"])).await, ["bob", "cid"]);
        assert_eq!(find("age = ANY($1)", Value::from(vec![2_i64, 3, 3])).await, ["bob", "cid"]);
        assert!(find("name = ANY($1)", texts(&[])).await.is_empty());
        assert_eq!(find("name <> ALL($1)", texts(&[])).await.len(), 4);
    })
    .await;
}

#[tokio::test]
async fn an_upsert_updates() {
    const UPSERT: Insert = Insert {
        table: "people",
        columns: &["id", "name", "age"],
        conflict: "ON CONFLICT (id) DO UPDATE SET age = people.age + excluded.age",
    };
    both(MIGRATIONS, async |_database, store| {
        let (one, two) = (id(), id());
        let put = move |tx: &mut store::Tx<'_>| tx.insert_many(&UPSERT, [params![one, "one", 1], params![two, "two", 2]]);
        assert_eq!(write(&store, put).await.unwrap(), 2);
        assert_eq!(write(&store, put).await.unwrap(), 2);
        let sum = "SELECT SUM(age), COUNT(*), AVG(age) FROM people";
        let sums = store
            .read::<_, Error>(move |tx| {
                tx.query_one(sum, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<f64>(2)?)))
            })
            .await
            .unwrap();
        assert_eq!(sums, (6, 2, 3.0));
    })
    .await;
}

#[tokio::test]
async fn the_portable_subset_runs() {
    both(MIGRATIONS, async |_database, store| {
        let who = id();
        write(&store, move |tx| add(tx, who, "ann")).await.unwrap();
        let answer = write(&store, move |tx| {
            let returned: String = tx.query_one(
                "UPDATE people SET name = s.name || '!' FROM (SELECT id, name FROM people) AS s \
                 WHERE people.id = s.id AND s.id = $1 RETURNING people.name",
                &params![who],
                |row| row.get(0),
            )?;
            let number: i64 = tx.query_one(
                "INSERT INTO things (owner) SELECT id FROM people WHERE id = $1 FOR SHARE RETURNING number",
                &params![who],
                |row| row.get(0),
            )?;
            let ranked: i64 = tx.query_one(
                "WITH locked AS (SELECT id, name FROM people ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED) \
                 SELECT ROW_NUMBER() OVER (ORDER BY name) FROM locked",
                &params![5],
                |row| row.get(0),
            )?;
            let missing = tx.query_opt("SELECT age FROM people WHERE id = $1", &params![who], |row| row.get::<Option<i64>>(0))?;
            Ok((returned, number, ranked, missing))
        })
        .await
        .unwrap();
        assert_eq!(answer, ("ann!".to_owned(), 1, 1, Some(None)));
    })
    .await;
}

#[tokio::test]
async fn constraints_have_kinds() {
    both(MIGRATIONS, async |_database, store| {
        let who = id();
        write(&store, move |tx| add(tx, who, "ann")).await.unwrap();
        let cases = [
            (ConstraintKind::Unique, "INSERT INTO people (id, name) VALUES ($1, 'x')"),
            (ConstraintKind::NotNull, "UPDATE people SET name = NULL WHERE id = $1"),
            (ConstraintKind::Check, "UPDATE people SET age = -1 WHERE id = $1"),
            (ConstraintKind::ForeignKey, "INSERT INTO things (owner, note) SELECT $1, 'x'"),
        ];
        for (expected, sql) in cases {
            let param = if expected == ConstraintKind::ForeignKey { id() } else { who };
            let refused = write(&store, move |tx| tx.execute(sql, &params![param])).await.unwrap_err();
            assert!(matches!(refused, Error::Constraint { kind, .. } if kind == expected), "{sql}: {refused}");
            assert!(!refused.is_transient());
        }
        assert_eq!(names(&store).await, ["ann"]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_dooms_its_transaction() {
    both(MIGRATIONS, async |_database, store| {
        let who = id();
        let swallowed = write(&store, move |tx| {
            add(tx, who, "one")?;
            assert!(add(tx, who, "one again").unwrap_err().is_unique_violation());
            assert!(matches!(add(tx, id(), "two"), Err(Error::Doomed { .. })));
            Ok(())
        });
        assert!(matches!(swallowed.await, Err(Error::Doomed { .. })));
        assert!(names(&store).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn mistakes_are_told_apart() {
    both(MIGRATIONS, async |_database, store| {
        write(&store, |tx| tx.insert_many(&PEOPLE, [params![id(), "a", 1], params![id(), "b", None::<i64>]])).await.unwrap();
        let all = "SELECT name, age FROM people ORDER BY name";
        let read = async |params: &'static [Value<'static>], sql: &'static str| {
            store.read::<i64, Error>(move |tx| tx.query_one(sql, params, |row| row.get(1))).await.unwrap_err()
        };
        assert!(matches!(read(&[], all).await, Error::TooManyRows { .. }));
        assert!(matches!(read(&[], "SELECT name, age FROM people WHERE age = 7").await, Error::NoRow { .. }));
        assert!(matches!(read(&[Value::Int(1)], all).await, Error::Params { expected: 0, given: 1, .. }));
        assert!(matches!(read(&[], "SELECT nonsense FROM people").await, Error::Sql { .. }));
        let column = read(&[], "SELECT age, name FROM people WHERE age = 1").await;
        assert!(matches!(&column, Error::Column { index: 1, name, .. } if name == "name"), "{column}");
        let null = read(&[], "SELECT name, age FROM people WHERE age IS NULL").await;
        assert!(matches!(&null, Error::Column { found: "NULL", .. }), "{null}");
        let none = read(&[], "SELECT name FROM people WHERE age = 1").await;
        assert!(matches!(&none, Error::Column { found: "no such column", .. }), "{none}");
        let short = write(&store, |tx| tx.insert_many(&PEOPLE, [params![id(), "a"]])).await.unwrap_err();
        assert!(matches!(short, Error::Params { expected: 3, given: 2, .. }), "{short}");
        let wrong = write(&store, |tx| tx.execute("UPDATE people SET age = $1", &params!["text"])).await.unwrap_err();
        assert!(matches!(wrong, Error::Sql { .. }), "{wrong}");
    })
    .await;
}

#[tokio::test]
async fn a_mapping_error_dooms_nothing() {
    both(MIGRATIONS, async |_database, store| {
        write(&store, |tx| {
            add(tx, id(), "ann")?;
            let unread = tx.query("SELECT name FROM people", &[], |row| row.get::<i64>(0));
            assert!(matches!(unread, Err(Error::Column { .. })));
            add(tx, id(), "bob")
        })
        .await
        .unwrap();
        assert_eq!(names(&store).await, ["ann", "bob"]);
    })
    .await;
}

#[tokio::test]
async fn a_read_cannot_write() {
    both(MIGRATIONS, async |_database, store| {
        let written = store.read::<_, Error>(|tx| add(tx, id(), "ann")).await;
        assert!(matches!(written, Err(Error::Sql { .. })), "{written:?}");
        assert!(names(&store).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn text_sorts_bytewise() {
    both(MIGRATIONS, async |_database, store| {
        let mixed = ["b", "B", "a", "Z", "é", "ア", "あ", "-"];
        write(&store, move |tx| tx.insert_many(&PEOPLE, mixed.map(|name| params![id(), name, 0]))).await.unwrap();
        let mut sorted = mixed.map(str::to_owned).to_vec();
        sorted.sort();
        assert_eq!(names(&store).await, sorted);
    })
    .await;
}

#[tokio::test]
async fn preparing_names_what_does_not_prepare() {
    let statements = [
        "SELECT name FROM people WHERE id = ANY($1) FOR UPDATE SKIP LOCKED",
        "SELECT nothing FROM people",
        "INSERT INTO people (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
    ];
    let refused = prepares(MIGRATIONS, statements).await;
    let engines = store::testing::databases(MIGRATIONS).len();
    assert_eq!(refused.len(), engines, "{refused:#?}");
    assert!(refused.iter().all(|line| line.contains("SELECT nothing")));
}

/// On SQLite statistics are part of the schema; on PostgreSQL those of a table that grew are renewed within seconds, by us:
/// the server's own housekeeping is counted apart.
#[tokio::test]
async fn a_table_that_was_just_filled_is_known_to_postgresql() {
    both(MIGRATIONS, async |_database, store| {
        if store.dialect() != store::Dialect::Postgres {
            return;
        }
        let fill = |tx: &mut store::Tx<'_>| tx.insert_many(&PEOPLE, (0..2_000).map(|n| params![id(), format!("p{n}"), n]));
        write(&store, fill).await.unwrap();
        let known = |tx: &mut store::Tx<'_>| {
            const TAKEN: &str = "SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'people'";
            tx.query_one(TAKEN, &[], |row| row.get::<i64>(0))
        };
        // The limit only turns a hang into a failure.
        let renewed =
            tokio::time::timeout(std::time::Duration::from_secs(60), async { while write(&store, known).await.unwrap() == 0 {} });
        renewed.await.expect("its statistics are taken");
    })
    .await;
}

/// A plan made while a table is small must serve it when it has grown.
#[tokio::test]
async fn postgresql_reads_a_small_table_by_its_index_too() {
    both(MIGRATIONS, async |_database, store| {
        if store.dialect() != store::Dialect::Postgres {
            return;
        }
        let plan = |tx: &mut store::Tx<'_>| {
            add(tx, id(), "one")?;
            tx.execute("ANALYZE people", &[])?;
            tx.query("EXPLAIN SELECT name FROM people WHERE id = $1", &params![id()], |row| row.get::<String>(0))
        };
        let plan = write(&store, plan).await.unwrap().join("\n");
        assert!(plan.contains("people_pkey"), "{plan}");
    })
    .await;
}
