//! PostgreSQL goes away: before COMMIT, inside it, between transactions, for a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use store::testing::{Database, PrivateCluster};
use store::{Config, Error, Hint, Migration, Store, Tx, params};

use crate::common::{MIGRATIONS, add, id, names};

const END_MYSELF: &str = "SELECT pg_terminate_backend(pg_backend_pid())";

#[tokio::test]
async fn a_connection_lost_before_commit_means_nothing_happened() {
    let Some(database) = Database::postgres(MIGRATIONS) else {
        return;
    };
    let store = database.open(MIGRATIONS);
    let lost = store
        .write::<_, Error>(|tx| {
            add(tx, id(), "lost")?;
            tx.query(END_MYSELF, &[], |_| Ok(()))
        })
        .await
        .unwrap_err();
    assert!(matches!(lost, Error::Unavailable { .. }), "{lost}");
    assert!(lost.is_transient());
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn a_connection_lost_inside_commit_means_nobody_knows() {
    // The trigger runs when COMMIT does, and ends its own session.
    const AT_COMMIT: &[Migration] = &[Migration {
        version: 1,
        name: "trap",
        sql: "CREATE TABLE trap (a {int}) {strict};
            --postgres CREATE FUNCTION spring() RETURNS trigger LANGUAGE plpgsql AS $$
            --postgres BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
            --postgres CREATE CONSTRAINT TRIGGER trap AFTER INSERT ON trap DEFERRABLE INITIALLY DEFERRED
            --postgres FOR EACH ROW EXECUTE FUNCTION spring();",
    }];
    let Some(database) = Database::postgres(AT_COMMIT) else {
        return;
    };
    let store = database.open(AT_COMMIT);
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let unknown = store
        .write::<_, Error>(move |tx| {
            counted.fetch_add(1, SeqCst);
            tx.execute("INSERT INTO trap (a) VALUES (1)", &[])
        })
        .await
        .unwrap_err();
    assert!(matches!(unknown, Error::CommitUnknown { .. }), "{unknown}");
    assert_eq!(runs.load(SeqCst), 1, "what may have happened is not done again");
}

#[tokio::test]
async fn connections_lost_between_transactions_are_not_noticed() {
    let Some(mut database) = Database::postgres(MIGRATIONS) else {
        return;
    };
    database.config_mut().writers = 2;
    let store = database.open(MIGRATIONS);
    for round in 0..10 {
        store.write::<_, Error>(move |tx| add(tx, id(), &round.to_string())).await.unwrap();
        let ended = Store::open(database.config(), MIGRATIONS).unwrap();
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        ended.read::<_, Error>(move |tx| tx.query(others, &[], |_| Ok(()))).await.unwrap();
    }
    assert_eq!(names(&store).await.len(), 10);
}

#[tokio::test]
async fn a_server_that_comes_back_is_used_again() {
    let Some(cluster) = PrivateCluster::start() else {
        return;
    };
    let store = Store::open(&Config::postgres(&cluster.url()).unwrap(), MIGRATIONS).unwrap();
    let mut hints = store.subscribe();
    store.write::<_, Error>(|tx| add(tx, id(), "before")).await.unwrap();
    cluster.stop();
    for _ in 0..20 {
        let away = store.write::<_, Error>(|tx| add(tx, id(), "during")).await.unwrap_err();
        assert!(matches!(away, Error::Unavailable { .. }), "{away}");
        let away = store.read::<_, Error>(|tx| tx.query("SELECT 1", &[], |_| Ok(()))).await.unwrap_err();
        assert!(matches!(away, Error::Unavailable { .. }), "{away}");
    }
    assert!(matches!(Store::open(&Config::postgres(&cluster.url()).unwrap(), MIGRATIONS).err(), Some(Error::Unavailable { .. })));
    cluster.start_again();
    while let Err(error) = store.write::<_, Error>(|tx| add(tx, id(), "after")).await {
        assert!(matches!(error, Error::Unavailable { .. }), "{error}");
        tokio::task::yield_now().await;
    }
    while store.read::<_, Error>(|tx| tx.query("SELECT 1", &[], |_| Ok(()))).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(names(&store).await, ["after", "before"]);
    // Once for the first connection at the most, once more for the second.
    while hints.next().await != Some(Hint::Missed) {}
}

/// Two transactions that lock two rows crosswise: one is the victim, runs again, and both pass.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_run_again() {
    let Some(database) = Database::postgres(MIGRATIONS) else {
        return;
    };
    let store = database.open(MIGRATIONS);
    let (one, two) = (id(), id());
    store
        .write::<_, Error>(move |tx| {
            add(tx, one, "one")?;
            add(tx, two, "two")
        })
        .await
        .unwrap();
    let meeting = Arc::new(std::sync::Barrier::new(2));
    let cross = |first, second| {
        let (store, meeting) = (store.clone(), Arc::clone(&meeting));
        let mut met = false;
        tokio::spawn(async move {
            store
                .write::<_, Error>(move |tx| {
                    age(tx, first)?;
                    if !std::mem::replace(&mut met, true) {
                        meeting.wait();
                    }
                    age(tx, second)
                })
                .await
        })
    };
    let (forth, back) = (cross(one, two), cross(two, one));
    forth.await.unwrap().unwrap();
    back.await.unwrap().unwrap();
    assert!(store.stats().reruns >= 1);
    let ages: Vec<i64> = store.read::<_, Error>(|tx| tx.query("SELECT age FROM people", &[], |row| row.get(0))).await.unwrap();
    assert_eq!(ages, [2, 2]);
}

fn age(tx: &mut Tx<'_>, who: uuid::Uuid) -> Result<u64, Error> {
    tx.execute("UPDATE people SET age = COALESCE(age, 0) + 1 WHERE id = $1", &params![who])
}
