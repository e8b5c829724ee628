//! What the tests share.

use std::sync::mpsc;

use store::{Error, Insert, Migration, Store, Tx, params};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// One table of people and one of things that belong to them.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "people",
        sql: "CREATE TABLE people (
                id {id} NOT NULL PRIMARY KEY,
                name {text} NOT NULL,
                age {int} CHECK (age >= 0),
                mail {text} UNIQUE
              ) {strict rowless};",
    },
    Migration {
        version: 2,
        name: "things",
        sql: "CREATE TABLE things (
                number {serial},
                owner {id} NOT NULL REFERENCES people (id),
                weight {real},
                content {bytes},
                note {text} NOT NULL DEFAULT '{}'
              ) {strict};
              --sqlite CREATE INDEX things_owner ON things (owner);
              --postgres CREATE INDEX things_owner ON things USING btree (owner);",
    },
];

pub const PEOPLE: Insert = Insert { table: "people", columns: &["id", "name", "age"], conflict: "ON CONFLICT (id) DO NOTHING" };

#[expect(clippy::disallowed_methods, reason = "any id will do")]
pub fn id() -> Uuid {
    Uuid::new_v4()
}

pub fn add(tx: &mut Tx<'_>, id: Uuid, name: &str) -> Result<u64, Error> {
    tx.execute("INSERT INTO people (id, name) VALUES ($1, $2)", &params![id, name])
}

/// The names of all people, sorted.
pub async fn names(store: &Store) -> Vec<String> {
    store
        .read::<_, Error>(|tx| tx.query("SELECT name FROM people ORDER BY name", &[], |row| row.get(0)))
        .await
        .expect("names can be read")
}

/// A writer kept busy, so that jobs gather behind it.
pub struct Busy {
    release: mpsc::Sender<()>,
    running: JoinHandle<Result<(), Error>>,
}

impl Busy {
    /// Returns when the writer is at it.
    pub async fn begin(store: &Store) -> Self {
        let (release, released) = mpsc::channel::<()>();
        let (started, at_it) = oneshot::channel();
        let mut started = Some(started);
        let store = store.clone();
        let running = tokio::spawn(async move {
            store
                .write::<_, Error>(move |_| {
                    if let Some(started) = started.take() {
                        started.send(()).expect("the test waits");
                        released.recv().expect("the test releases");
                    }
                    Ok(())
                })
                .await
        });
        at_it.await.expect("the writer begins");
        Self { release, running }
    }

    pub async fn end(self) {
        self.release.send(()).expect("the writer waits");
        self.running.await.expect("no panic").expect("nothing to fail");
    }
}

/// Waits until so many writes wait in the two lanes together.
pub async fn queued(store: &Store, count: usize) {
    loop {
        let stats = store.stats();
        if stats.waiting + stats.waiting_first == count {
            return;
        }
        tokio::task::yield_now().await;
    }
}
