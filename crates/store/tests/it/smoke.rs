use store::{Config, Error, Insert, Migration, Store, params};
use uuid::Uuid;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "one",
    sql: "CREATE TABLE t (id {id} NOT NULL PRIMARY KEY, n {int} NOT NULL, s {text}) {strict};",
}];
const T: Insert = Insert {
    table: "t",
    columns: &["id", "n", "s"],
    conflict: "ON CONFLICT (id) DO NOTHING",
};

#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::sqlite(dir.path().join("a.db"));
    let store = Store::open(&config, MIGRATIONS).unwrap();
    assert!(matches!(
        Store::open(&config, MIGRATIONS),
        Err(Error::AlreadyRunning { .. })
    ));
    let ids: Vec<Uuid> = (0..10).map(|_| Uuid::now_v7()).collect();
    let all = ids.clone();
    let n = store
        .write::<_, Error>(move |tx| {
            tx.insert_many(
                &T,
                all.iter()
                    .enumerate()
                    .map(|(n, id)| params![id, n as i64, "x"]),
            )
        })
        .await
        .unwrap();
    assert_eq!(n, 10);
    let some = ids[..3].to_vec();
    let got = store
        .read::<_, Error>(move |tx| {
            tx.query(
                "SELECT n, id, s FROM t WHERE id = ANY($1) ORDER BY n FOR UPDATE",
                &params![&some],
                |row| {
                    Ok((
                        row.get::<i64>(0)?,
                        row.get::<Uuid>(1)?,
                        row.get::<Option<String>>(2)?,
                    ))
                },
            )
        })
        .await
        .unwrap();
    assert_eq!(got.len(), 3);
    let err = store
        .read::<_, Error>(move |tx| tx.execute("DELETE FROM t", &[]))
        .await
        .unwrap_err();
    assert!(matches!(err, Error::Sql { .. }), "{err}");
    store.close().await;
    Store::open(&config, MIGRATIONS).unwrap().close().await;
}
