//! Hints arrive; lost ones are announced as lost.

use store::Hint;
use store::testing::{Database, both};

use crate::common::MIGRATIONS;

/// Skips "look everywhere", which a connection of PostgreSQL begins with.
async fn next(hints: &mut store::Hints) -> Option<String> {
    loop {
        match hints.next().await? {
            Hint::On(channel) => return Some(channel.to_string()),
            Hint::Missed => {}
        }
    }
}

#[tokio::test]
async fn a_hint_reaches_every_subscriber_and_ends_with_the_store() {
    both(MIGRATIONS, async |_database, store| {
        let (mut one, mut other) = (store.subscribe(), store.subscribe());
        store.notify("a channel with 'quotes' and 日本語");
        assert_eq!(next(&mut one).await.as_deref(), Some("a channel with 'quotes' and 日本語"));
        assert_eq!(next(&mut other).await.as_deref(), Some("a channel with 'quotes' and 日本語"));
        store.close().await;
        assert_eq!(next(&mut one).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_subscriber_that_is_behind_is_told_so() {
    let database = Database::sqlite();
    let store = database.open(MIGRATIONS);
    let mut hints = store.subscribe();
    (0..5_000).for_each(|_| store.notify("much"));
    assert_eq!(hints.next().await, Some(Hint::Missed));
    assert_eq!(next(&mut hints).await.as_deref(), Some("much"));
}

#[tokio::test]
async fn a_hint_reaches_other_nodes() {
    let Some(database) = Database::postgres(MIGRATIONS) else {
        return;
    };
    let (here, there) = (database.open(MIGRATIONS), database.open(MIGRATIONS));
    let mut hints = there.subscribe();
    // Both listen once each has been told to look everywhere, or said something.
    assert_eq!(hints.next().await, Some(Hint::Missed));
    here.notify("events");
    assert_eq!(next(&mut hints).await.as_deref(), Some("events"));
}
