//! Opening: locks, migrations, durable settings; copies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use store::testing::{Database, both, databases, schema};
use store::{Config, Dialect, Error, Migration, Store};

use crate::common::{MIGRATIONS, add, id, names};

#[tokio::test]
async fn a_second_server_on_one_file_is_refused() {
    let database = Database::sqlite();
    let store = database.open(MIGRATIONS);
    let second = Store::open(database.config(), MIGRATIONS);
    assert!(matches!(second, Err(Error::AlreadyRunning { .. })));
    store.close().await;
    database.open(MIGRATIONS).close().await;
}

#[tokio::test]
async fn a_command_works_beside_a_running_server() {
    both(MIGRATIONS, async |database, store| {
        store.write::<_, Error>(|tx| add(tx, id(), "server")).await.unwrap();
        let guest = Store::open_shared(database.config(), MIGRATIONS).unwrap();
        guest.write::<_, Error>(|tx| add(tx, id(), "guest")).await.unwrap();
        assert_eq!(names(&store).await, ["guest", "server"]);
        guest.close().await;
        store.write::<_, Error>(|tx| add(tx, id(), "again")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_command_alone_migrates_and_leaves_room_for_the_server() {
    let database = Database::sqlite();
    let guest = Store::open_shared(database.config(), MIGRATIONS).unwrap();
    guest.write::<_, Error>(|tx| add(tx, id(), "guest")).await.unwrap();
    let server = database.open(MIGRATIONS);
    assert_eq!(names(&server).await, ["guest"]);
    let newer = [MIGRATIONS, &[Migration { version: 3, name: "c", sql: "CREATE TABLE c (a {int});" }]].concat();
    let refused = Store::open_shared(database.config(), &newer).err().unwrap();
    assert!(matches!(refused, Error::Migration { version: 3, .. }), "{refused}");
}

#[tokio::test]
async fn a_changed_or_newer_schema_is_refused() {
    for database in databases(MIGRATIONS) {
        database.open(MIGRATIONS).close().await;
        let mut changed = MIGRATIONS.to_vec();
        changed[1].sql = "CREATE TABLE something_else (a {int}) {strict};";
        let refused = Store::open(database.config(), &changed).err().unwrap();
        assert!(matches!(refused, Error::Migration { version: 2, .. }), "{refused}");
        let refused = Store::open(database.config(), &MIGRATIONS[..1]).err().unwrap();
        assert!(matches!(refused, Error::Migration { version: 2, .. }), "{refused}");
        database.open(MIGRATIONS).close().await;
    }
}

#[tokio::test]
async fn a_broken_migration_leaves_nothing_behind() {
    for database in databases(MIGRATIONS) {
        let broken = Migration { version: 3, name: "broken", sql: "CREATE TABLE half (a {int}); CREATE TABLE half (a {int});" };
        let list = [MIGRATIONS, &[broken]].concat();
        let refused = Store::open(database.config(), &list).err().unwrap();
        assert!(matches!(refused, Error::Migration { version: 3, .. }), "{refused}");
        let store = database.open(MIGRATIONS);
        assert!(!schema(&store).await.unwrap().contains_key("half"));
    }
}

#[tokio::test]
async fn nodes_that_start_together_migrate_once() {
    let Some(database) = Database::postgres(&[]) else {
        return;
    };
    let stores: Vec<Store> = std::thread::scope(|scope| {
        let opening: Vec<_> = (0..4).map(|_| scope.spawn(|| database.open(MIGRATIONS))).collect();
        opening.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(names(&stores[0]).await.is_empty());
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let mut schemas = Vec::new();
    both(MIGRATIONS, async |_database, store| schemas.push(schema(&store).await.unwrap())).await;
    assert!(schemas[0].contains_key("people") && schemas[0].contains_key("leases"));
    assert!(schemas.windows(2).all(|pair| pair[0] == pair[1]), "{schemas:#?}");
}

#[tokio::test]
async fn the_writer_is_durable() {
    both(MIGRATIONS, async |_database, store| {
        let settings: &[(&str, &str)] = match store.dialect() {
            Dialect::Sqlite => &[
                ("SELECT journal_mode FROM pragma_journal_mode", "wal"),
                ("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous", "2"),
                ("SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys", "1"),
            ],
            Dialect::Postgres => &[
                ("SELECT current_setting('synchronous_commit')", "on"),
                ("SELECT current_setting('transaction_isolation')", "read committed"),
                ("SELECT current_setting('statement_timeout')", "30s"),
            ],
        };
        for (sql, expected) in settings {
            let is = store.write::<_, Error>(|tx| tx.query_one(sql, &[], |row| row.get::<String>(0))).await.unwrap();
            assert_eq!(is, *expected, "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let database = Database::sqlite();
    let store = database.open(MIGRATIONS);
    store.write::<_, Error>(|tx| add(tx, id(), "secret")).await.unwrap();
    for name in ["enishi.db", "enishi.db-wal"] {
        let mode = std::fs::metadata(database.folder().unwrap().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} is {mode:o}");
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let refused = Store::open(&Config::sqlite("/nonexistent/enishi.db"), &[]).err().unwrap();
    assert!(matches!(&refused, Error::File { path, .. } if path.starts_with("/nonexistent")), "{refused}");
}

#[test]
fn an_address_that_is_none_is_refused() {
    for url in ["", "mysql://x", "sqlite:x", "postgres://[", "postgres://host:port/"] {
        assert!(matches!(Config::postgres(url), Err(Error::Config { .. })), "{url}");
    }
}

/// Writers go on while a copy is made, and the copy is one moment of the database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_whole_while_writers_go_on() {
    let database = Database::sqlite();
    let store = database.open(MIGRATIONS);
    let big = "x".repeat(20_000);
    store.write::<_, Error>(move |tx| (0..1_000).try_for_each(|_| add(tx, id(), &big).map(drop))).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (writing, stopped) = (store.clone(), Arc::clone(&stop));
    let writer = tokio::spawn(async move {
        let mut written = 0;
        while !stopped.load(SeqCst) {
            writing.write::<_, Error>(|tx| add(tx, id(), "during")).await.unwrap();
            written += 1;
        }
        written
    });
    let copy = database.folder().unwrap().join("copy.db");
    store.backup(&copy, |_, _| {}).await.unwrap();
    stop.store(true, SeqCst);
    assert!(writer.await.unwrap() > 0);
    let again = store.backup(&copy, |_, _| {}).await.unwrap_err();
    assert!(matches!(again, Error::File { .. }), "an existing file is not overwritten: {again}");
    let restored = Store::open(&Config::sqlite(&copy), MIGRATIONS).unwrap();
    let sound: String =
        restored.read::<_, Error>(|tx| tx.query_one("PRAGMA integrity_check", &[], |row| row.get(0))).await.unwrap();
    assert_eq!(sound, "ok");
    assert!(names(&restored).await.len() >= 1_000);
}

#[tokio::test]
async fn postgres_is_backed_up_by_its_own_tool() {
    let Some(database) = Database::postgres(MIGRATIONS) else {
        return;
    };
    let store = database.open(MIGRATIONS);
    let refused = store.backup(std::path::Path::new("/nonexistent/copy"), |_, _| {}).await.unwrap_err();
    assert!(refused.to_string().contains("pg_dump"));
}
