//! Never two holders of one fence.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use store::lease::{self, Held, Lease};
use store::testing::{Database, both};
use store::{Error, Migration, Store, params};
use uuid::Uuid;

use crate::common::id;

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "log",
    sql: "CREATE TABLE log (number {serial}, name {text} NOT NULL, fence {int} NOT NULL, owner {id} NOT NULL) {strict};",
}];

const LONG: i64 = 3_600_000;
/// Over before anybody can look.
const OVER: i64 = 0;

fn shards(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("shard {number:02}")).collect()
}

async fn acquire(store: &Store, names: &[String], owner: Uuid, ttl: i64, max: usize) -> Vec<Lease> {
    let names = names.to_vec();
    store.write::<_, Error>(move |tx| lease::acquire(tx, &names, owner, ttl, max)).await.unwrap()
}

async fn check(store: &Store, lease: &Lease) -> Result<(), Error> {
    let held = [(lease.name.clone(), lease.fence)];
    store.write::<_, Error>(move |tx| lease::check(tx, &held)).await
}

async fn renew(store: &Store, owner: Uuid) -> Vec<Lease> {
    store.write::<_, Error>(move |tx| lease::renew(tx, owner, LONG)).await.unwrap()
}

#[tokio::test]
async fn what_is_held_is_not_given_again() {
    both(MIGRATIONS, async |_database, store| {
        let (ann, bob) = (id(), id());
        let first = acquire(&store, &shards(4), ann, LONG, 3).await;
        assert_eq!(first.iter().map(|lease| lease.name.as_str()).collect::<Vec<_>>(), ["shard 00", "shard 01", "shard 02"]);
        assert!(first.iter().all(|lease| lease.fence == 1));
        let rest = acquire(&store, &shards(4), bob, LONG, 4).await;
        assert_eq!(rest.iter().map(|lease| lease.name.as_str()).collect::<Vec<_>>(), ["shard 03"]);
        assert!(acquire(&store, &shards(4), ann, LONG, 4).await.is_empty());
        for lease in first.iter().chain(&rest) {
            check(&store, lease).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn an_expired_lease_changes_hands_with_a_larger_fence() {
    both(MIGRATIONS, async |_database, store| {
        let (ann, bob) = (id(), id());
        let old = acquire(&store, &shards(1), ann, OVER, 1).await.remove(0);
        // Nobody has taken it over: what Ann writes under it still stands alone.
        check(&store, &old).await.unwrap();
        assert!(renew(&store, ann).await.is_empty(), "an expired lease is not renewed");
        let new = acquire(&store, &shards(1), bob, LONG, 1).await.remove(0);
        assert_eq!(new.fence, old.fence + 1);
        let lost = check(&store, &old).await.unwrap_err();
        assert!(matches!(&lost, Error::LeaseLost { name } if name == "shard 00"), "{lost}");
        check(&store, &new).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn renewing_keeps_the_fence_and_releasing_frees() {
    both(MIGRATIONS, async |_database, store| {
        let (ann, bob) = (id(), id());
        let held = acquire(&store, &shards(2), ann, 60_000, 2).await;
        let renewed = renew(&store, ann).await;
        assert_eq!(renewed.len(), 2);
        assert!(held.iter().zip(&renewed).all(|(old, new)| old.fence == new.fence && old.until_ms < new.until_ms));
        let freed = store.write::<_, Error>(move |tx| lease::release(tx, ann)).await.unwrap();
        assert_eq!(freed, 2);
        assert!(matches!(check(&store, &renewed[0]).await, Err(Error::LeaseLost { .. })));
        let taken = acquire(&store, &shards(2), bob, LONG, 2).await;
        assert!(taken.iter().all(|lease| lease.fence == 2));
    })
    .await;
}

#[tokio::test]
async fn a_lease_never_heard_of_is_lost() {
    both(MIGRATIONS, async |_database, store| {
        let unknown = Lease { name: "nothing".into(), fence: 0, until_ms: 0 };
        assert!(matches!(check(&store, &unknown).await, Err(Error::LeaseLost { .. })));
        store.write::<_, Error>(|tx| lease::check(tx, &[])).await.unwrap();
    })
    .await;
}

/// Many owners grab, check, write and let go; every row written under a check names the one owner of its fence.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_fence_has_one_owner() {
    both(MIGRATIONS, async |_database, store| {
        let owners: Vec<_> = (0..8_usize).map(|seed| tokio::spawn(grab(store.clone(), id(), seed))).collect();
        for owner in owners {
            owner.await.unwrap();
        }
        let rows = store
            .read::<_, Error>(|tx| {
                tx.query("SELECT name, fence, owner FROM log ORDER BY number", &[], |row| {
                    Ok((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<Uuid>(2)?))
                })
            })
            .await
            .unwrap();
        assert!(rows.len() > 50, "only {} writes passed their check", rows.len());
        let mut owners: HashMap<(String, i64), Uuid> = HashMap::new();
        for (name, fence, owner) in rows {
            let first = *owners.entry((name.clone(), fence)).or_insert(owner);
            assert_eq!(first, owner, "{name} under fence {fence} has two owners");
        }
        assert!(owners.len() > 10, "leases changed hands only {} times", owners.len());
    })
    .await;
}

async fn grab(store: Store, owner: Uuid, seed: usize) {
    for round in 0..40 {
        let ttl = if (seed + round).is_multiple_of(3) { LONG } else { OVER };
        for lease in acquire(&store, &shards(3), owner, ttl, 1 + (seed + round) % 3).await {
            let written = store
                .write::<_, Error>(move |tx| {
                    lease::check(tx, &[(lease.name.clone(), lease.fence)])?;
                    let row = params![&lease.name, lease.fence, owner];
                    tx.execute("INSERT INTO log (name, fence, owner) VALUES ($1, $2, $3)", &row)
                })
                .await;
            assert!(matches!(written, Ok(1) | Err(Error::LeaseLost { .. })), "{written:?}");
        }
        store.write::<_, Error>(move |tx| lease::release(tx, owner)).await.unwrap();
    }
}

/// A transaction that has checked its lease keeps it until it ends, even past the lease's time; renewing goes through.
#[tokio::test]
async fn a_checked_lease_cannot_change_hands_before_the_transaction_ends() {
    let Some(database) = Database::postgres(MIGRATIONS) else {
        return;
    };
    let store = database.open(MIGRATIONS);
    let (ann, bob) = (id(), id());
    let held = acquire(&store, &shards(2), ann, OVER, 1).await.remove(0);
    let live = acquire(&store, &["other".to_owned()], ann, LONG, 1).await.remove(0);
    let (checked, mut has_checked) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let writing = store.clone();
    let both_held = [(held.name.clone(), held.fence), (live.name.clone(), live.fence)];
    let writer = tokio::spawn(async move {
        writing
            .write::<_, Error>(move |tx| {
                lease::check(tx, &both_held)?;
                checked.send(()).expect("the test waits");
                goes_on.recv().expect("the test goes on");
                Ok(())
            })
            .await
    });
    has_checked.recv().await.unwrap();
    assert!(acquire(&store, std::slice::from_ref(&held.name), bob, LONG, 1).await.is_empty());
    assert_eq!(renew(&store, ann).await.len(), 1, "renewing does not wait for a check");
    go_on.send(()).unwrap();
    writer.await.unwrap().unwrap();
    assert_eq!(acquire(&store, &[held.name], bob, LONG, 1).await.len(), 1);
}

#[tokio::test]
async fn a_restarted_server_need_not_wait_for_its_own_leases() {
    let database = Database::sqlite();
    let store = database.open(MIGRATIONS);
    let old = acquire(&store, &shards(1), id(), LONG, 1).await.remove(0);
    store.close().await;
    let store = database.open(MIGRATIONS);
    let new = acquire(&store, &shards(1), id(), LONG, 1).await.remove(0);
    assert_eq!(new.fence, old.fence + 1);
}

#[test]
fn a_holder_stops_at_two_thirds() {
    let ttl = Duration::from_secs(30);
    let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
    let lease = Lease { name: "a".into(), fence: 7, until_ms: 0 };
    assert!(Held::new(vec![lease.clone()], ago(15), ttl).still_mine());
    assert!(!Held::new(vec![lease.clone()], ago(20), ttl).still_mine());
    let held = Held::new(vec![lease], ago(0), ttl);
    assert_eq!(held.fence("a"), Some(("a".into(), 7)));
    assert_eq!(held.fence("b"), None);
}
