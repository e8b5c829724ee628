//! One writer, many closures: what they share and what they do not.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use store::testing::{Database, databases};
use store::{Error, Store, Tx, params};

use crate::common::{Busy, MIGRATIONS, add, id, names, queued};

fn sqlite() -> (Database, Store) {
    let database = Database::sqlite();
    let store = database.open(MIGRATIONS);
    (database, store)
}

type Running = tokio::task::JoinHandle<Result<u64, Error>>;

fn spawn(store: &Store, f: impl FnMut(&mut Tx<'_>) -> Result<u64, Error> + Send + 'static) -> Running {
    let store = store.clone();
    tokio::spawn(async move { store.write(f).await })
}

#[tokio::test]
async fn closures_that_wait_share_a_commit() {
    let (_database, store) = sqlite();
    let busy = Busy::begin(&store).await;
    let writes: Vec<Running> = (0..100).map(|n| spawn(&store, move |tx| add(tx, id(), &format!("{n:03}")))).collect();
    queued(&store, 100).await;
    let before = store.stats().commits;
    busy.end().await;
    for write in writes {
        assert_eq!(write.await.unwrap().unwrap(), 1);
    }
    let groups = store.stats().commits - before;
    // The busy one closed its group by taking too long; the hundred fit into 10 ms many times over.
    assert!(groups < 50, "{groups} commits for 101 closures");
    assert_eq!(names(&store).await.len(), 100);
}

#[tokio::test]
async fn a_failing_closure_undoes_only_itself() {
    let (_database, store) = sqlite();
    let twice = id();
    let busy = Busy::begin(&store).await;
    let before = spawn(&store, move |tx| add(tx, twice, "before"));
    let failing = spawn(&store, move |tx| {
        add(tx, id(), "undone")?;
        add(tx, twice, "again")
    });
    let refusing = spawn(&store, |tx| {
        add(tx, id(), "undone too")?;
        Err(Error::Unsupported("no"))
    });
    let after = spawn(&store, |tx| add(tx, id(), "after"));
    queued(&store, 4).await;
    busy.end().await;
    assert_eq!(before.await.unwrap().unwrap(), 1);
    assert!(failing.await.unwrap().unwrap_err().is_unique_violation());
    assert!(matches!(refusing.await.unwrap(), Err(Error::Unsupported("no"))));
    assert_eq!(after.await.unwrap().unwrap(), 1);
    assert_eq!(names(&store).await, ["after", "before"]);
    assert_eq!(store.stats().reruns, 0, "a constraint is no reason to drop the group");
}

#[tokio::test]
async fn a_full_disk_drops_the_group_and_each_runs_again_alone() {
    let (_database, store) = sqlite();
    store
        .write::<_, Error>(|tx| {
            let pages: i64 = tx.query_one("PRAGMA page_count", &[], |row| row.get(0))?;
            tx.query_one(&format!("PRAGMA max_page_count = {}", pages + 20), &[], |row| row.get::<i64>(0))
        })
        .await
        .unwrap();
    let runs: Arc<[AtomicUsize; 3]> = Arc::default();
    let counted = |which: usize, size: usize| {
        let runs = Arc::clone(&runs);
        spawn(&store, move |tx| {
            runs[which].fetch_add(1, SeqCst);
            add(tx, id(), &"x".repeat(size))
        })
    };
    let busy = Busy::begin(&store).await;
    let (small, large, last) = (counted(0, 1), counted(1, 1_000_000), counted(2, 2));
    queued(&store, 3).await;
    busy.end().await;
    assert_eq!(small.await.unwrap().unwrap(), 1);
    let refused = large.await.unwrap().unwrap_err();
    assert!(matches!(refused, Error::DiskFull), "{refused}");
    assert!(refused.is_transient());
    assert_eq!(last.await.unwrap().unwrap(), 1);
    assert_eq!(names(&store).await, ["x", "xx"]);
    let runs: Vec<usize> = runs.iter().map(|count| count.load(SeqCst)).collect();
    assert_eq!(runs, [2, 2, 1], "in the group and alone; the last came after the group");
    assert_eq!(store.stats().reruns, 1);
}

#[tokio::test]
async fn a_swallowed_full_disk_is_not_taken_for_success() {
    let (_database, store) = sqlite();
    let written = store
        .write::<_, Error>(|tx| {
            let pages: i64 = tx.query_one("PRAGMA page_count", &[], |row| row.get(0))?;
            tx.query_one(&format!("PRAGMA max_page_count = {}", pages + 5), &[], |row| row.get::<i64>(0))?;
            add(tx, id(), "small")?;
            let _ = add(tx, id(), &"x".repeat(1_000_000));
            Ok(())
        })
        .await;
    assert!(matches!(written, Err(Error::Doomed { .. })), "{written:?}");
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn a_dropped_future_cancels_nothing() {
    for database in databases(MIGRATIONS) {
        let store = database.open(MIGRATIONS);
        let (queued, mut was_queued) = tokio::sync::mpsc::unbounded_channel();
        let (release, released) = std::sync::mpsc::channel::<()>();
        let write = spawn(&store, move |tx| {
            let changed = add(tx, id(), "kept")?;
            queued.send(()).expect("the test waits");
            released.recv().expect("the test releases");
            Ok(changed)
        });
        was_queued.recv().await.unwrap();
        write.abort();
        assert!(write.await.unwrap_err().is_cancelled());
        release.send(()).unwrap();
        while names(&store).await != ["kept"] {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_panic_undoes_its_closure_and_the_thread_lives() {
    for mut database in databases(MIGRATIONS) {
        database.config_mut().writers = 1;
        let store = database.open(MIGRATIONS);
        let panicked = spawn(&store, |tx| {
            add(tx, id(), "undone")?;
            panic!("on purpose");
        });
        assert!(matches!(panicked.await.unwrap(), Err(Error::Panicked)));
        store.write::<_, Error>(|tx| add(tx, id(), "kept")).await.unwrap();
        let read = store.read::<(), Error>(|_| panic!("on purpose")).await;
        assert!(matches!(read, Err(Error::Panicked)));
        assert_eq!(names(&store).await, ["kept"]);
    }
}

#[tokio::test]
async fn the_first_lane_goes_first() {
    for mut database in databases(MIGRATIONS) {
        database.config_mut().writers = 1;
        let store = database.open(MIGRATIONS);
        let order: Arc<Mutex<Vec<&'static str>>> = Arc::default();
        let note = |what: &'static str| {
            let order = Arc::clone(&order);
            move |_: &mut Tx<'_>| -> Result<u64, Error> {
                order.lock().unwrap().push(what);
                Ok(0)
            }
        };
        let busy = Busy::begin(&store).await;
        let ordinary = [spawn(&store, note("ordinary")), spawn(&store, note("ordinary"))];
        queued(&store, 2).await;
        let (one, other) = (store.clone(), store.clone());
        let (one_note, other_note) = (note("first"), note("first"));
        let first = [
            tokio::spawn(async move { one.write_first(one_note).await }),
            tokio::spawn(async move { other.write_first(other_note).await }),
        ];
        queued(&store, 4).await;
        busy.end().await;
        for write in ordinary.into_iter().chain(first) {
            write.await.unwrap().unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["first", "first", "ordinary", "ordinary"]);
    }
}

#[tokio::test]
async fn closing_does_what_waits_and_takes_no_more() {
    for database in databases(MIGRATIONS) {
        let store = database.open(MIGRATIONS);
        let kept = store.clone();
        let busy = Busy::begin(&store).await;
        let waiting: Vec<Running> = (0..20).map(|n| spawn(&store, move |tx| add(tx, id(), &n.to_string()))).collect();
        // PostgreSQL's other workers take them at once; only SQLite's lone writer lets them gather.
        tokio::task::yield_now().await;
        let closing = tokio::spawn(store.close());
        busy.end().await;
        closing.await.unwrap();
        let mut done = 0;
        for write in waiting {
            match write.await.unwrap() {
                Ok(_) => done += 1,
                Err(error) => assert!(matches!(error, Error::Closed), "{error}"),
            }
        }
        let refused = kept.write::<_, Error>(|tx| add(tx, id(), "late")).await;
        assert!(matches!(refused, Err(Error::Closed)));
        let again = database.open(MIGRATIONS);
        assert_eq!(names(&again).await.len(), done);
    }
}

#[tokio::test]
async fn a_reader_sees_one_snapshot() {
    let (_database, store) = sqlite();
    let (looked, mut has_looked) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let reading = store.clone();
    let reader = tokio::spawn(async move {
        reading
            .read::<_, Error>(move |tx| {
                let count = |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM people", &[], |row| row.get::<i64>(0));
                let before = count(tx)?;
                looked.send(()).expect("the test waits");
                goes_on.recv().expect("the test goes on");
                Ok((before, count(tx)?))
            })
            .await
    });
    has_looked.recv().await.unwrap();
    store
        .write::<_, Error>(|tx| tx.execute("INSERT INTO people (id, name) VALUES ($1, $2)", &params![id(), "new"]))
        .await
        .unwrap();
    go_on.send(()).unwrap();
    assert_eq!(reader.await.unwrap().unwrap(), (0, 0));
    assert_eq!(names(&store).await, ["new"]);
}

#[tokio::test]
async fn a_full_queue_makes_the_next_wait_but_not_the_first_lane() {
    let mut database = Database::sqlite();
    database.config_mut().queue = 2;
    let store = database.open(MIGRATIONS);
    // The busy one has one of two places.
    let busy = Busy::begin(&store).await;
    let writes: Vec<Running> = (0..5).map(|n| spawn(&store, move |tx| add(tx, id(), &n.to_string()))).collect();
    queued(&store, 1).await;
    let urgent = store.clone();
    let first = tokio::spawn(async move { urgent.write_first::<_, Error>(|tx| add(tx, id(), "first")).await });
    queued(&store, 2).await;
    assert_eq!((store.stats().waiting, store.stats().waiting_first), (1, 1));
    busy.end().await;
    first.await.unwrap().unwrap();
    for write in writes {
        write.await.unwrap().unwrap();
    }
    assert_eq!(names(&store).await.len(), 6);
}

/// Some milliseconds, so that four who do nothing else leave no moment without a reader.
const LONG_READ: &str = "WITH RECURSIVE n (i) AS (SELECT COUNT(*) - COUNT(*) FROM people UNION ALL \
     SELECT i + 1 FROM n WHERE i < 20000) SELECT COUNT(*) FROM n";

async fn read_on_and_on(store: Store, stop: Arc<AtomicBool>) {
    while !stop.load(SeqCst) {
        store.read::<_, Error>(|tx| tx.query_one(LONG_READ, &[], |row| row.get::<i64>(0))).await.unwrap();
    }
}

/// A backup makes the log long; afterwards it is cut though the readers never pause by themselves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_log_is_cut_between_readers_that_never_pause() {
    const MIB: usize = 1024 * 1024;
    let (database, store) = sqlite();
    let log = database.folder().unwrap().join("enishi.db-wal");
    let log_len = || std::fs::metadata(&log).unwrap().len() as usize;
    let (looked, mut has_looked) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let reading = store.clone();
    let long_reader = tokio::spawn(async move {
        reading
            .read::<_, Error>(move |tx| {
                tx.query_one(LONG_READ, &[], |row| row.get::<i64>(0))?;
                looked.send(()).expect("the test waits");
                goes_on.recv().expect("the test goes on");
                Ok(())
            })
            .await
    });
    has_looked.recv().await.unwrap();
    while log_len() < 70 * MIB {
        store.write::<_, Error>(|tx| add(tx, id(), &"x".repeat(MIB))).await.unwrap();
    }
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4).map(|_| tokio::spawn(read_on_and_on(store.clone(), Arc::clone(&stop)))).collect();
    go_on.send(()).unwrap();
    long_reader.await.unwrap().unwrap();
    // The limit only turns a hang into a failure.
    let cut = tokio::time::timeout(std::time::Duration::from_secs(120), async {
        while log_len() > 60 * MIB {
            store.write::<_, Error>(|tx| add(tx, id(), "small")).await.unwrap();
        }
    });
    cut.await.expect("the log is cut");
    stop.store(true, SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
}

/// Written back beside the writer, the log begins anew in place long before it would be cut.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_begins_anew_while_writes_go_on() {
    const MIB: usize = 1024 * 1024;
    let (database, store) = sqlite();
    let log = database.folder().unwrap().join("enishi.db-wal");
    let mut longest = 0;
    for _ in 0..150 {
        store.write::<_, Error>(|tx| add(tx, id(), &"x".repeat(MIB))).await.unwrap();
        longest = longest.max(std::fs::metadata(&log).unwrap().len() as usize);
    }
    assert!((40 * MIB..60 * MIB).contains(&longest), "{longest}");
    assert_eq!(names(&store).await.len(), 150);
}
