//! Figures on both stores: what the parts of the way write, adds up to what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use store::testing::both;
use uuid::Uuid;

use super::dashboard::{Dashboard, dashboard};
use super::report;
use super::*;
use crate::broadcast::testing::{act, input, make, order};
use crate::broadcast::{Audience, BroadcastInput, Category, Command};
use crate::contact::{Contact, FriendState, Friendship};
use crate::delivery::Lane;
use crate::delivery::testing::{PLAIN, World, contact, ok, refusal, wish};
use crate::ids::ContactId;
use crate::schema::MIGRATIONS;
use crate::vocabulary::testing::somebody;
use crate::workspace::Catalog;

const DAY_MS: i64 = 86_400_000;

async fn catalog(world: &World) -> Arc<Catalog> {
    let (catalogs, workspace) = (world.catalogs.clone(), world.workspace);
    world.store.read(move |tx| catalogs.get(tx, workspace)).await.unwrap()
}

async fn shown(world: &World, days: i64, now: i64) -> Dashboard {
    let catalog = catalog(world).await;
    world.store.read(move |tx| dashboard(tx, &catalog, None, days, now)).await.unwrap()
}

/// Contacts `from … to` go from one state to another.
async fn shift(
    world: &World,
    range: std::ops::Range<u128>,
    (from, to): (Option<FriendState>, FriendState),
    origin: Origin,
    at: i64,
) {
    let (workspace, channel) = (world.workspace, world.channel);
    let person = |n, state: Option<FriendState>| {
        let friendships = state.map(|state| {
            let friendship = Friendship { user_id: format!("U{n}"), state, changed_at: at, friend_since: None, source: None };
            (channel, friendship)
        });
        Contact { workspace, friendships: friendships.into_iter().collect(), ..somebody(n) }
    };
    let pairs: Vec<_> = range.map(|n| (person(n, from), person(n, Some(to)))).collect();
    world.store.write(move |tx| note_friends(tx, &pairs, origin, at)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_stores() {
    let refused = store::testing::prepares(MIGRATIONS, statements()).await;
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_are_counted_by_kind_as_they_end() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let people = world.friends(0, 1_300).await;
        world.run("UPDATE friendships SET state = 'blocked' WHERE workspace_id = $1 AND user_id < 'U0000000000000000000000000000000b'").await;
        let (template, _) = world.template(PLAIN).await;
        let everybody = Audience::Condition { condition: serde_json::from_str(r#"{"is":"all","of":[]}"#).unwrap() };
        let wish_all = BroadcastInput { audience: everybody, category: Some(Category::Reading), ..input(&world, template) };
        let id = make(&world, wish_all).await;
        order(&world, id, Command::Confirm).await.unwrap();
        world.settle().await;
        world.stub.answer(|request| match request.contact {
            Some(one) if one == contact(700) => line::client::Outcome::RefusedForGood(refusal(400, "no")),
            _ => ok(),
        });
        world.queue([600, 700, 3].iter().map(|n| wish(people[*n], Lane::Transactional, "縁")).collect()).await;
        world.settle().await;
        let shown = shown(&world, 7, world.now()).await;
        let by: BTreeMap<SendKind, Sent> = shown.total.by_kind.iter().map(|one| (one.kind, one.sent)).collect();
        let broadcast = by[&SendKind::Broadcast];
        assert_eq!((broadcast.paid, broadcast.refused, broadcast.failed), (1_290, 10, 0));
        assert_eq!(shown.total.sent.paid, 1_291);
        assert_eq!((shown.total.sent.failed, shown.total.sent.refused), (1, 11), "a refusal of LINE, and of the guard");
        assert_eq!(by.values().map(|sent| sent.paid).sum::<i64>(), shown.total.sent.paid);
        assert_eq!(shown.days.last().unwrap().sums.as_ref().unwrap().sent, shown.total.sent);
        let month = catalog(&world).await;
        let now = world.now();
        let found = world.store.read(move |tx| report::body_of(tx, &month, day_of(now, &month.zone).month(), now)).await.unwrap();
        assert_eq!(found.broadcasts.len(), 1);
        assert_eq!((found.broadcasts[0].accepted, found.broadcasts[0].category), (1_290, Some(Category::Reading)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn friends_stand_at_the_end_of_each_day() {
    use FriendState::{Blocked, Friend};
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let first = world.now();
        shift(&world, 0..50, (None, Friend), Origin::Imported, first).await;
        shift(&world, 50..60, (None, Friend), Origin::Happened, first + DAY_MS).await;
        shift(&world, 0..4, (Some(Friend), Blocked), Origin::Happened, first + 3 * DAY_MS).await;
        shift(&world, 0..1, (Some(Blocked), Friend), Origin::Happened, first + 4 * DAY_MS).await;
        let now = first + 5 * DAY_MS;
        let shown = shown(&world, 7, now).await;
        let ends: Vec<_> = shown.days.iter().map(|day| (day.friends, day.blocked)).collect();
        let of = |friends, blocked| (Some(friends), Some(blocked));
        let expected = [(None, None), of(50, 0), of(60, 0), of(60, 0), of(56, 4), of(57, 3), of(57, 3)];
        assert_eq!(ends, expected, "before the first figure nothing is known");
        assert_eq!((shown.friends.friends, shown.friends.blocked), (57, 3));
        assert_eq!((shown.total.imported, shown.total.added, shown.total.blocked, shown.total.unblocked), (50, 10, 4, 1));
        assert_eq!(shown.previous, None, "the days before were not counted");
        // Rows that went without a word: the counts follow, the sum of the days too.
        let (workspace, channel) = (world.workspace, world.channel);
        let drifted = world.store.read(move |tx| drift(tx, workspace, channel)).await.unwrap();
        assert_eq!(drifted.into_iter().collect::<BTreeMap<_, _>>(), BTreeMap::from([(Friend, -57), (Blocked, -3)]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_clicks_once_a_day() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let (template, _) = world.template(PLAIN).await;
        let cause = make(&world, input(&world, template)).await.0;
        let (workspace, now) = (world.workspace, world.now());
        let person = |n| Some(ContactId(Uuid::from_u128(n)));
        let openings = [(cause, person(1), 1), (cause, person(1), 1), (cause, person(2), 1), (Uuid::nil(), None, 4)];
        world.store.write(move |tx| clicked(tx, workspace, &openings, now)).await.unwrap();
        world.store.write(move |tx| clicked(tx, workspace, &[(cause, person(1), 1)], now)).await.unwrap();
        world.store.write(move |tx| clicked(tx, workspace, &[(cause, person(1), 1)], now + DAY_MS)).await.unwrap();
        let all = shown(&world, 7, now + DAY_MS).await.total;
        assert_eq!((all.clicks, all.clickers, all.visits), (5, 3, 4));
        let (catalog, channel) = (catalog(&world).await, world.channel);
        let own = world.store.read(move |tx| dashboard(tx, &catalog, Some(channel), 7, now + DAY_MS)).await.unwrap().total;
        assert_eq!((own.clicks, own.clickers, own.visits), (5, 3, 0), "a shared link without a cause is nobody's account's");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_kept_as_it_was() {
    both(MIGRATIONS, async |_, store| {
        let world = World::new(&store).await;
        let first = world.now();
        shift(&world, 0..50, (None, FriendState::Friend), Origin::Happened, first).await;
        let catalog = catalog(&world).await;
        let later = first + 20 * DAY_MS;
        let (month, next) = (day_of(first, &catalog.zone).month(), day_of(later, &catalog.zone).month());
        assert_eq!(month.after(1), next);
        shift(&world, 50..60, (None, FriendState::Friend), Origin::Happened, later).await;
        let (kept, act) = (catalog.clone(), act(&world));
        let missing = world
            .store
            .write(move |tx| {
                let missing = report::missing(tx, &kept, later)?;
                for month in &missing {
                    let body = report::body_of(tx, &kept, *month, later)?;
                    report::keep(tx, &kept, *month, &body, later)?;
                }
                Ok::<_, crate::Error>(missing)
            })
            .await
            .unwrap();
        assert_eq!(missing, [month]);
        let of = catalog.clone();
        let written = world.store.write(move |tx| report::comment(tx, &act, &of, month, "新商品がよく動いた月。")).await.unwrap();
        assert_eq!((written.body.this.friends, written.body.this.sums.added), (50, 50), "without who came later");
        assert_eq!((written.comment.as_str(), written.made_at), ("新商品がよく動いた月。", Some(later)));
        let of = catalog.clone();
        let now = world.store.read(move |tx| report::find(tx, &of, next, later)).await.unwrap();
        assert_eq!((now.body.this.friends, now.body.before.map(|before| before.friends), now.made_at), (60, Some(50), None));
        assert!(world.store.read(move |tx| report::find(tx, &catalog, next.after(1), later)).await.is_err());
    })
    .await;
}
